"""The gradebook on a PostgreSQL server: a real one, in a folder of its own, without a port.

Graders are forks of this process, which has imported nbgrader already; each is on its own as one
that a shell starts would be.
"""

from __future__ import annotations

import contextlib
import csv
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import courses
import pytest
from courses import (
    CONFIG,
    ENVIRONMENT,
    HALF,
    PRODUCTS,
    RIGHT,
    SUMS,
    SUMS_TEXT,
    hand_in,
    make_course,
    spoken,
    state,
)
from nbgrader_commands import nbgrader

from autograder import cli, gradebook
from autograder.course import Course
from autograder.errors import GradebookError
from autograder.grade import close_sandbox
from autograder.gradebook import Gradebook

DEBIAN = Path("/usr/lib/postgresql")
CLASS = {"alice": RIGHT, "bob": HALF, "carol": {}, "dave": RIGHT, "erin": HALF}
SLOW = "import time\ntime.sleep(1000)\n"
ENDING_SECONDS = 60


def programs() -> Path | None:
    """Where the server's programs are: Debian keeps them off the PATH."""
    found = shutil.which("initdb")
    newest = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return Path(found).parent if found else newest[-1].parent if newest else None


BIN = programs()
pytestmark = pytest.mark.skipif(
    BIN is None, reason="no PostgreSQL on this machine; Debian's package is postgresql"
)


class Server:
    """A server of our own, which is reached by a socket in its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._data = folder / "data"
        self._count = 0
        # It refuses to be root's.
        self._user: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        if os.getuid():
            self._user = {}
        else:
            shutil.chown(folder, "nobody")
        self._call("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync")
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"local all locked scram-sha-256\n{rules.read_text()}")
        self.start()
        self.say("CREATE ROLE grader LOGIN", "CREATE ROLE guest LOGIN")
        self.say("CREATE ROLE locked LOGIN PASSWORD 'right'")
        self.say("CREATE ROLE few LOGIN CONNECTION LIMIT 0")

    def start(self) -> None:
        """Come up; whoever connects afterwards is served."""
        options = f"-F -k {self.folder} -c listen_addresses='' -c max_connections=20"
        self._call("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Go away at once, as in a power cut."""
        self._call("pg_ctl", "-w", "-m", "immediate", "stop")

    def _call(self, program: str, *arguments: str) -> None:
        assert BIN is not None
        subprocess.run(
            [BIN / program, "-D", self._data, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._user,
        )

    def say(self, *statements: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """What the server answers its master to the last of some statements."""
        import psycopg

        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname=database, autocommit=True
        ) as connection:
            for statement in statements:
                answer = connection.execute(statement)
            return answer.fetchall() if answer.description else []

    def new(self, options: str = "OWNER grader") -> str:
        """The name of a new, empty database."""
        self._count += 1
        name = f"course{self._count}"
        self.say(f"CREATE DATABASE {name} {options}")
        return name

    def url(self, database: str, user: str = "grader") -> str:
        """What a course's configuration calls it."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="pg") as folder:  # a socket's path is short
        server = Server(Path(folder))
        yield server
        server.stop()


@pytest.fixture
def database(server: Server) -> str:
    return server.new()


@pytest.fixture
def course(server: Server, database: str, tmp_path: Path) -> Iterator[Course]:
    yield course_on(server.url(database), tmp_path / "course")
    close_sandbox()


def course_on(url: str, root: Path) -> Course:
    """A course whose gradebook is there, and its class."""
    course = make_course(root, config=re.sub(r'"sqlite.*"', repr(url), CONFIG))
    for student, written in CLASS.items():
        hand_in(course, student, written)
        hand_in(course, student, written, PRODUCTS)
    return course


def grade(course: Course, *arguments: str) -> int:
    """The exit status of the command."""
    return cli.main(["--course", str(course.root), "grade", "--workers", "1", *arguments])


class Grader:
    """`autograder grade` in a process of its own."""

    def __init__(self, course: Course, *arguments: str) -> None:
        self._log = course.root.parent / f"{course.root.name}-{'-'.join(arguments)}-{id(self)}"
        close_sandbox()  # which would be both processes'
        self.pid = os.fork()
        if self.pid == 0:
            try:
                with self._log.open("w") as log:
                    os.dup2(log.fileno(), 1)
                    os.dup2(log.fileno(), 2)
                sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
                status = grade(course, *arguments)
                close_sandbox()
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
            finally:
                os._exit(99)

    def wait(self) -> int:
        """Its exit status, when it has ended."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    @property
    def said(self) -> str:
        """What it has printed."""
        return spoken(self._log.read_text())


def until(condition: Callable[[], object]) -> None:
    """Waits for it."""
    end = time.monotonic() + ENDING_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of nbgrader's tables, sorted; random ids are replaced by what they stand for."""
    from nbgrader import api
    from sqlalchemy import create_engine

    engine = create_engine(url)
    named: dict[str, tuple[Any, ...]] = {}
    found: dict[str, list[tuple[Any, ...]]] = {}
    with engine.connect() as connection:
        for table in api.Base.metadata.sorted_tables:
            rows = [dict(row._mapping) for row in connection.execute(table.select())]
            for row in rows:
                key = row.get("id")
                random = isinstance(key, str) and re.fullmatch("[0-9a-f]{32}", key)
                values = [named.get(v, v) for c, v in row.items() if not (random and c == "id")]
                values += [named[key]] if random and key in named else []
                row["id"] = tuple(values)
                if random:
                    named.setdefault(key, (table.name, *values))
            found[table.name] = sorted((row["id"] for row in rows), key=repr)
    engine.dispose()
    return found


def manual(student: str, cell: str, score: float) -> list[str]:
    """The statement with which formgrader enters a score."""
    return [
        f"UPDATE grade SET manual_score = {score}, needs_manual_grade = false WHERE id IN "
        "(SELECT grade.id FROM grade JOIN base_cell ON base_cell.id = grade.cell_id "
        "JOIN submitted_notebook n ON n.id = grade.notebook_id "
        "JOIN submitted_assignment a ON a.id = n.assignment_id "
        f"WHERE a.student_id = '{student}' AND base_cell.name = '{cell}')"
    ]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """What one grader puts into a gradebook of SQLite."""
    root = tmp_path_factory.mktemp("sqlite")
    course = course_on("sqlite:///gradebook.db", root / "course")
    assert grade(course) == 0
    close_sandbox()
    return contents(f"sqlite:///{course.root}/gradebook.db")


# --- The same gradebook ---------------------------------------------------------------------------


def test_a_class_has_the_same_gradebook_as_with_sqlite(
    course: Course,
    server: Server,
    database: str,
    undisturbed: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert grade(course) == 0
    assert contents(server.url(database)) == undisturbed
    assert len(undisturbed["grade"]) == 5 * (4 + 1)
    before = state(course.autograded_dir)
    capsys.readouterr()
    assert grade(course) == 0
    assert "0 graded" in capsys.readouterr().out
    assert contents(server.url(database)) == undisturbed
    assert state(course.autograded_dir) == before
    assert cli.main(["--course", str(course.root), "feedback"]) == 0
    assert "alice 5 of 8 3 to give" in spoken(capsys.readouterr().out)


def test_nbgrader_works_with_the_same_database(
    course: Course, server: Server, database: str, undisturbed: dict[str, Any]
) -> None:
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return nbgrader(*arguments, cwd=course.root, PATH=f"{ENVIRONMENT['PATH']}:{courses.BIN}")

    assert run("db", "student", "add", "alice").returncode == 0  # makes the tables
    assert grade(course) == 0
    for command in (("db", "upgrade"), ("export",)):
        done = run(*command)
        assert done.returncode == 0, done.stderr
    table = csv.DictReader((course.root / "grades.csv").read_text().splitlines())
    scores = {row["student_id"]: float(row["score"]) for row in table if row["assignment"] == SUMS}
    assert scores == {"alice": 5.0, "bob": 3.0, "carol": 0.0, "dave": 5.0, "erin": 3.0}
    assert contents(server.url(database)) == undisturbed
    with contextlib.chdir(course.root):  # formgrader
        config = course.config()
        api = NbGraderAPI(CourseDirectory(config=config), config=config)
        assert api.get_submission(SUMS, "alice")["needs_manual_grade"]
        assert len(api.get_notebook_submissions(SUMS, SUMS)) == 5


# --- Two at once ----------------------------------------------------------------------------------


def elsewhere(course: Course) -> Course:
    """The course in another folder, as on another machine."""
    root = course.root.parent / "elsewhere"
    shutil.copytree(course.root, root)
    config = (root / "nbgrader_config.py").read_text()
    (root / "nbgrader_config.py").write_text(config.replace(str(course.root), str(root)))
    return Course(root)


def test_two_that_begin_together_on_two_machines_end_as_one_would(
    course: Course, server: Server, database: str, undisturbed: dict[str, Any]
) -> None:
    graders = [Grader(each) for each in (course, elsewhere(course))]
    statuses = [grader.wait() for grader in graders]
    # Two sections: they may get in each other's way in the first, in the second, or never.
    assert set(statuses) <= {0, 2}
    assert 0 in statuses
    for grader, status in zip(graders, statuses, strict=True):
        assert ("is being graded by process" in grader.said) == (status == 2)
        assert "Traceback" not in grader.said
    assert contents(server.url(database)) == undisturbed
    assert server.say("SELECT count(*) FROM alembic_version", database=database) == [(1,)]


def test_two_sections_are_graded_at_once(
    course: Course, server: Server, database: str, undisturbed: dict[str, Any]
) -> None:
    for _ in range(2):  # with tables and students to make, and with nothing but scores
        graders = [Grader(course, name, "--again") for name in (SUMS, PRODUCTS)]
        assert [grader.wait() for grader in graders] == [0, 0]
        assert contents(server.url(database)) == undisturbed


def test_a_section_has_one_grader_until_it_is_killed(
    course: Course,
    server: Server,
    database: str,
    undisturbed: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = elsewhere(course)
    hand_in(course, "zoe", RIGHT | {"mean": SLOW})
    monkeypatch.setattr(gradebook, "BATCH", 1)
    first = Grader(course, SUMS)
    until(lambda: len(state(course.autograded_dir)) > len(CLASS))

    assert grade(other, SUMS) == 2
    holder = f"process {first.pid} on {platform.node()}"
    advice = "Let that finish or end it, then repeat."
    assert capsys.readouterr().err == f"autograder: {SUMS} is being graded by {holder}. {advice}\n"
    assert grade(other, PRODUCTS) == 0

    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    until(lambda: not server.say("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"))
    assert grade(other) == 0
    assert contents(server.url(database)) == undisturbed


def test_who_has_lost_the_claim_writes_nothing_more(
    course: Course, server: Server, database: str
) -> None:
    assert grade(course, PRODUCTS) == 0
    before = contents(server.url(database))
    holders = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    with (
        pytest.raises(GradebookError, match="cannot be reached"),
        Gradebook(course) as book,
    ):
        book.prepare(course.assignment(PRODUCTS))
        assert server.say(holders) == [(True,)]  # from here on somebody else may have it
        book.prepare(course.assignment(PRODUCTS))
    assert contents(server.url(database)) == before


def at_once(server: Server, database: str, statements: list[str], act: Callable[[], Any]) -> Any:
    """What `act` gives if, when it comes to the rows, a person has changed but not saved them."""
    import psycopg

    given: list[Any] = []
    with psycopg.connect(host=str(server.folder), user="postgres", dbname=database) as person:
        for statement in statements:
            person.execute(statement)
        thread = threading.Thread(target=lambda: given.append(act()))
        thread.start()
        until(lambda: server.say("SELECT 1 FROM pg_locks WHERE NOT granted"))
        person.commit()
        thread.join()
    return given[0]


def test_a_score_that_a_person_enters_meanwhile_stays_and_is_to_be_reviewed(
    course: Course, server: Server, database: str
) -> None:
    grade(course, SUMS)
    hand_in(course, "bob", RIGHT)
    entered = manual("bob", "mean-basics", 1.5)
    assert at_once(server, database, entered, lambda: grade(course, SUMS)) == 0
    query = "SELECT auto_score, manual_score, needs_manual_grade FROM grade WHERE manual_score > 0"
    assert server.say(query, database=database) == [(2.0, 1.5, True)]


def test_a_score_that_a_person_enters_meanwhile_keeps_its_cell(
    course: Course, server: Server, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    grade(course, SUMS)
    before = contents(server.url(database))
    course.section(SUMS).text.write_text(SUMS_TEXT.replace("mean-basics", "mean-of-two"))
    entered = manual("bob", "mean-basics", 1.5)
    assert at_once(server, database, entered, lambda: grade(course, SUMS)) == 2
    assert "no longer has mean-basics" in capsys.readouterr().err
    after = contents(server.url(database))
    assert [before[name] == after[name] for name in ("base_cell", "grade")] == [True, False]
    assert len(before["grade"]) == len(after["grade"])


def test_a_student_whom_somebody_else_adds_meanwhile_is_there_once(
    course: Course, server: Server, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    grade(course, SUMS)
    hand_in(course, "zoe", RIGHT)
    added = ["INSERT INTO student (id) VALUES ('zoe')"]
    assert at_once(server, database, added, lambda: grade(course, SUMS)) == 2
    assert f"{database} was changed by somebody else at the same moment" in capsys.readouterr().err
    assert grade(course, SUMS) == 0
    assert server.say("SELECT id FROM student WHERE id = 'zoe'", database=database) == [("zoe",)]
    assert "zoe 5 of 5" in spoken(capsys.readouterr().out)


def test_a_strict_server_refuses_once_and_the_next_run_completes(
    course: Course, server: Server, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    server.say(f"ALTER DATABASE {database} SET default_transaction_isolation = serializable")
    grade(course, SUMS)
    hand_in(course, "bob", RIGHT)
    entered = manual("bob", "mean-basics", 1.5)
    assert at_once(server, database, entered, lambda: grade(course, SUMS)) == 2
    assert f"{database} was changed by somebody else at the same moment" in capsys.readouterr().err
    assert grade(course, SUMS) == 0
    query = "SELECT auto_score, manual_score FROM grade WHERE manual_score > 0"
    assert server.say(query, database=database) == [(2.0, 1.5)]


def test_who_waits_too_long_is_told_whom_to_wait_for(
    course: Course, server: Server, database: str
) -> None:
    import psycopg

    grade(course, SUMS)
    where = {"host": str(server.folder), "user": "postgres", "dbname": database}
    with psycopg.connect(**where) as other:
        other.execute("LOCK TABLE course")
        found = problem(course, server.url(database), busy_seconds=0.05)
    assert f"{database} is in use. Close formgrader and any other grader that has it open" in found


# --- When something is wrong with the server ------------------------------------------------------


def test_a_server_that_stops_meanwhile_is_named_and_later_the_run_completes(
    course: Course,
    server: Server,
    database: str,
    undisturbed: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gradebook, "BATCH", 1)
    hand_in(course, "bob", RIGHT | {"mean": f"import time\ntime.sleep(1)\n{HALF['mean']}"})
    grader = Grader(course)
    until(lambda: (course.autograded_dir / "alice" / SUMS / f"{SUMS}.ipynb").exists())
    server.stop()
    try:
        assert grader.wait() == 2
        assert "Traceback" not in grader.said
        assert grader.said.startswith(f"autograder: postgresql+psycopg://grader@/{database} cannot")
        assert "See that the server is running" in grader.said
        assert "nothing is lost, and what was graded is kept" in grader.said
    finally:
        server.start()
    hand_in(course, "bob", HALF)
    assert grade(course) == 0
    assert contents(server.url(database)) == undisturbed


def configure(course: Course, line: str) -> None:
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(f"{line}\n")


def problem(course: Course, url: str, *, busy_seconds: float = 10.0) -> str:
    """What is said of such a database."""
    configure(course, f"c.CourseDirectory.db_url = {url!r}")
    with (
        pytest.raises(GradebookError) as raised,
        Gradebook(course, busy_seconds=busy_seconds) as book,
    ):
        book.prepare(course.assignment(SUMS))
    assert "secret" not in str(raised.value)
    assert not list(course.root.glob("**/*.db"))
    return str(raised.value)


WRONG: dict[str, tuple[Callable[[Server], str], str]] = {
    "no such database": (
        lambda server: server.url("nowhere"),
        "grader@/nowhere does not exist. Create it (`createdb`), or mend c.CourseDirectory.db_url",
    ),
    "wrong password": (
        lambda server: server.url(server.new(), "locked:secret"),
        "locked:***@/{} does not let you in. Look at the user in c.CourseDirectory.db_url",
    ),
    "wrong password in the query": (
        lambda server: server.url(server.new(), "locked") + "&password=secret",
        "locked@/{} does not let you in.",
    ),
    "unknown user": (lambda server: server.url(server.new(), "eve"), "does not let you in"),
    "too few rights": (
        lambda server: server.url(server.new(), "guest"),
        "does not allow this user to make or change nbgrader's tables. Ask whoever runs it",
    ),
    "no server": (
        lambda server: "postgresql+psycopg://grader:secret@/one?host=/nowhere",
        "cannot be reached. See that the server is running and that host and port in",
    ),
    "no such host": (
        lambda server: "postgresql+psycopg://grader:secret@nowhere.invalid/one",
        "cannot be reached.",
    ),
    "nobody listens": (
        lambda server: "postgresql+psycopg://grader:secret@127.0.0.1:1/one",
        "cannot be reached.",
    ),
    "@ in the password": (
        lambda server: "postgresql+psycopg://grader:my@secret@localhost/one",
        "an @ that is part of the password, which has to be written as %40",
    ),
    "no number for a port": (
        lambda server: "postgresql+psycopg://grader@localhost:secret/one",
        "db_url in nbgrader_config.py is not the URL of a database",
    ),
    "another driver": (
        lambda server: "postgresql+psycopg2://grader:secret@localhost/one",
        "run `pip install 'psycopg[binary]'` and let c.CourseDirectory.db_url begin with postgre",
    ),
    "an old name": (
        lambda server: "postgres://grader:secret@localhost/one",
        "run `pip install 'psycopg[binary]'` and let c.CourseDirectory.db_url begin with postgre",
    ),
    "read only": (
        lambda server: read_only(server),
        "takes no changes: it is a copy that follows another server. Name that one",
    ),
    "another encoding": (
        lambda server: server.url(
            server.new("OWNER grader ENCODING SQL_ASCII LOCALE 'C' TEMPLATE template0")
        ),
        "has the encoding SQL_ASCII, which nbgrader cannot work with. Create another database",
    ),
    "no course": (
        lambda server: server.url(server.new()),
        "has to know the course's name. Set c.CourseDirectory.course_id in nbgrader_config.py",
    ),
    "no connection left": (
        lambda server: server.url(server.new(), "few"),
        "has no connection left. Close formgrader, or ask whoever runs the server for more",
    ),
}


def read_only(server: Server) -> str:
    name = server.new()
    server.say(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    return server.url(name)


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_with_the_server_is_told_with_what_to_do(
    wrong: str, course: Course, server: Server
) -> None:
    make, told = WRONG[wrong]
    url = make(server)
    if wrong == "no course":
        configure(course, "c.CourseDirectory.course_id = ''")
    found = problem(course, url)
    assert told.format(re.sub(r".*/(\w+)\?.*", r"\1", url)) in found

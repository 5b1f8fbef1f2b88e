"""Attacks on graders, each a file in `hostile/`, against real sections on both rungs."""

from __future__ import annotations

import importlib
import os
import re
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import nh3
import pytest
from courses import REPOSITORY, own_cell, state
from hostile import CG, SVD, Attack, Upload

from autograder import notebook
from autograder.answers import reference, solutions, submission
from autograder.assignment import Assignment
from autograder.batch import grade_section
from autograder.collect import Problem
from autograder.course import Course
from autograder.grade import Options, close_sandbox, grade_one, warm_sandbox
from autograder.markers import HIDDEN_TESTS, regions
from autograder.results import GradedSubmission, SubmissionResult
from autograder.sandbox.box import Limits, Rung
from autograder.sandbox.confine import descendants
from autograder.unpack import unpack
from autograder.workers import InThisProcess

FILES = sorted(Path(__file__).parent.glob("hostile/a*.py"))
CANARY = "CANARY-"
SECRET = CANARY + secrets.token_hex(16)  # in this process's memory, at least
LIMITS = Limits(
    cpu_seconds=0.5,
    total_cpu_seconds=6.0,
    wall_seconds=3.0,
    memory_bytes=256 << 20,
    disk_bytes=32 << 20,
)
MEDIA = {"text/plain", "text/latex", "text/markdown", "text/html", "image/png", "image/jpeg"}
TAGS = nh3.ALLOWED_TAGS - {"img"}
ATTRIBUTES = {"alt", "class", "id", "rel", "title", "align", "start"}
SCHEME = re.compile(r"(?!https?:|mailto:)[A-Za-z][A-Za-z0-9+.-]*:")
PLACES = (tempfile.gettempdir(), "/dev/shm", "/var/tmp", ".", str(Path.home()))


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A course with everything that attacks are after; the secret is in many places."""
    root = tmp_path_factory.mktemp("course")
    for name in ("source", "solutions"):
        shutil.copytree(REPOSITORY / name, root / name)
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    course = Course(root)
    for section in (SVD, CG):
        hand_in(course, section, reference(course.assignment(section)))
        grade_section(course, section, options(course, "full"), InThisProcess())
    close_sandbox()
    (root / "secret.txt").write_text(SECRET)
    (root / "submitted" / "honest" / SVD / "secret.txt").write_text(SECRET)
    os.environ["AUTOGRADER_SECRET"] = SECRET
    yield root
    del os.environ["AUTOGRADER_SECRET"]


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    """Where something of the grader's listens; nobody has come at the end."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as nameless,
    ):
        number = server.getsockname()[1]
        nameless.bind(f"\0hostile-{number}")
        nameless.listen()
        yield number
        for listening in (server, nameless):
            listening.setblocking(False)
            with pytest.raises(BlockingIOError):
                listening.accept()


@pytest.fixture(scope="module", autouse=True)
def _at_the_end() -> Iterator[None]:
    yield
    close_sandbox()


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_attack(file: Path, rung: Rung, outside: Path, port: int) -> None:
    attack = importlib.import_module(f"hostile.{file.stem}").ATTACK
    course = Course(outside)
    used = options(course, rung)
    if warm_sandbox(used).rung != rung:
        pytest.skip(f"this machine has no sandbox of rung {rung}: {warm_sandbox(used).held}")
    before = traces(outside, used)
    if isinstance(attack, Attack):
        check_notebook(attack, course, used, port)
    else:
        check_upload(attack, course, used)
    assert traces(outside, used) == before
    assert_graded_as_ever(course.assignment(attack.section), used)


def test_every_attack_of_the_list_is_there() -> None:
    assert [int(file.stem[1:4]) for file in FILES] == list(range(1, 101))
    for file in FILES:
        doc = importlib.import_module(f"hostile.{file.stem}").__doc__
        assert doc.startswith(f"{int(file.stem[1:4])}. ")
        assert "\n\nVerdict: " in doc


def check_notebook(attack: Attack, course: Course, used: Options, port: int) -> None:
    """Grade it, and assert what it earns, what is reported and what is not told."""
    assignment = course.assignment(attack.section)
    used = msgspec.structs.replace(used, outputs=attack.rich)
    submitted = hostile_notebook(attack, assignment, course.root, port)
    graded = grade_one(submitted, assignment, used)
    for _ in range(attack.times - 1):
        assert told_in(grade_one(submitted, assignment, used)) == told_in(graded)
    assert earned(graded.result) == full(assignment) | attack.earns
    told = "\n".join([cell.message for cell in graded.result.cells] + list(graded.result.notices))
    for pattern in attack.reports:
        assert re.search(pattern, told), told
    shown = own_outputs(graded)
    for pattern in attack.outputs:
        assert re.search(pattern, shown), shown
    for pattern in attack.drops:
        assert not re.search(pattern, graded.executed.decode())
    assert_nothing_hidden(told + all_outputs(graded), assignment)
    assert_printable(told)
    for text in texts(msgspec.json.decode(graded.executed)):
        assert_printable(re.sub(r"\x1b\[[0-9;]*m|[\t\r]", "", text))
    assert_nothing_runs(graded)


def check_upload(attack: Upload, course: Course, used: Options) -> None:
    """Grade the class, and assert that the honest student has all points and who has none."""
    elsewhere = Course(Path(tempfile.mkdtemp(prefix="autograder-hostile-")))
    try:
        shutil.copytree(course.root / "source", elsewhere.root / "source")
        shutil.copy(course.root / "nbgrader_config.py", elsewhere.root)
        assignment = elsewhere.assignment(attack.section)
        honest = reference(assignment)
        hand_in(elsewhere, attack.section, honest)
        problems = put(attack, elsewhere, honest)
        batch = grade_section(elsewhere, attack.section, used, InThisProcess())
        assert not list(elsewhere.root.rglob("hostile-*"))
    finally:
        shutil.rmtree(elsewhere.root)
    scores = {student: result.score for student, result in batch.graded.items()}
    assert scores == attack.scores | {"honest": sum(full(assignment).values())}
    told = "\n".join(map(str, problems + batch.problems))
    for pattern in attack.reports:
        assert re.search(pattern, told), told
    assert_nothing_hidden(told, assignment)
    assert_printable(told)


def put(attack: Upload, course: Course, honest: bytes) -> list[Problem]:
    """Put the files where they are graded, by way of archives if they are in some."""
    if not attack.packed:
        attack.put(course.submitted_dir, honest)
        return []
    folder = course.archives_dir(attack.section)
    folder.mkdir(parents=True)
    attack.put(folder, honest)
    return unpack(course, attack.section, course.archives(attack.section)).problems


def hostile_notebook(attack: Attack, assignment: Assignment, outside: Path, port: int) -> bytes:
    """The attack as it is submitted."""
    words = {"OUTSIDE": repr(str(outside)), "PORT": str(port), "PID": str(os.getpid())}
    words["CANARY"] = repr(CANARY)

    def said(source: str) -> str:
        return re.sub("|".join(words), lambda found: words[found[0]], source)

    written = solutions(assignment) | {name: said(text) for name, text in attack.answers.items()}
    content = msgspec.json.decode(submission(assignment, written))
    own = [own_cell(said(source)) | {"id": name} for name, source in
           (("first", attack.first), ("last", attack.last)) if source]  # fmt: skip
    content["cells"][:0] = [cell for cell in own if cell["id"] == "first"]
    content["cells"] += [cell for cell in own if cell["id"] == "last"]
    if attack.change:
        attack.change(content)
    return msgspec.json.encode(content)


def options(course: Course, rung: Rung) -> Options:
    """How attacks are graded: with short limits, so that endless loops end soon."""
    made = course.options([SVD, CG])
    return msgspec.structs.replace(made, limits=LIMITS, strongest=rung)


def hand_in(course: Course, section: str, data: bytes) -> None:
    """Put the honest student's notebook where it is graded."""
    folder = course.submitted_dir / "honest" / section
    folder.mkdir(parents=True)
    (folder / f"{section}.ipynb").write_bytes(data)


def full(assignment: Assignment) -> dict[str, float]:
    """All the points of each exercise."""
    points: dict[str, float] = {}
    for cell in assignment.tests:
        exercise = notebook.exercise_of(cell.grade_id, assignment.exercises)
        points[exercise] = points.get(exercise, 0) + cell.points
    return points


def earned(result: SubmissionResult) -> dict[str, float]:
    """The points that each exercise has earned."""
    points: dict[str, float] = {}
    for cell in result.cells:
        points[cell.exercise] = points.get(cell.exercise, 0) + cell.points
    return points


def all_outputs(graded: GradedSubmission) -> str:
    """All outputs of the executed notebook, as text."""
    cells = msgspec.json.decode(graded.executed)["cells"]
    return "\n".join(str(cell.get("outputs", "")) for cell in cells)


def told_in(graded: GradedSubmission) -> tuple[SubmissionResult, bytes]:
    """The result and the executed notebook, but for how long it took."""
    result = msgspec.structs.replace(graded.result, seconds=0.0, cpu_seconds=0.0)
    return result, graded.executed


def own_outputs(graded: GradedSubmission) -> str:
    """The outputs of the cells that the student added."""
    cells = msgspec.json.decode(graded.executed)["cells"]
    return "\n".join(
        str(cell["outputs"]) for cell in cells if "outputs" in cell and not cell["metadata"]
    )


def assert_nothing_hidden(told: str, assignment: Assignment) -> None:
    """No secret, no hidden test, no path of the grader is in what a student gets."""
    assert SECRET not in told
    for line in hidden_lines(assignment):
        assert line not in told
    assert str(REPOSITORY) not in told


def hidden_lines(assignment: Assignment) -> list[str]:
    """The lines of hidden tests that are nowhere in what is released."""
    released = "\n".join(assignment.release_sources.values())
    hidden = [part for cell in assignment.tests for part in regions(cell.source, HIDDEN_TESTS)]
    lines = [line.strip() for part in hidden for line in part.splitlines()]
    return [line for line in lines if len(line) > 25 and line not in released]


def assert_printable(told: str) -> None:
    """No character that could deceive a reader or command a terminal."""
    assert [char for char in told if not char.isprintable() and char != "\n"] == []


def texts(value: Any) -> Iterator[str]:
    """All the text in a piece of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for inner in value.items() if isinstance(value, dict) else value:
            yield from texts(list(inner) if isinstance(inner, tuple) else inner)


def assert_nothing_runs(graded: GradedSubmission) -> None:
    """Nothing in the graded notebook runs, or loads something, when a browser shows it."""
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    for cell in msgspec.json.decode(graded.executed)["cells"]:
        pages = [cell["source"]] if cell["cell_type"] != "code" else []
        pages = [markdown2html_mistune(text) for text in pages]
        for data in (output["data"] for output in cell.get("outputs", []) if "data" in output):
            assert data.keys() <= MEDIA
            pages.append(data.get("text/html", ""))
            pages.append(markdown2html_mistune(data.get("text/markdown", "")))
        for text in pages:
            page = Page()
            page.feed(text)
            assert not page.live, text


class Page(HTMLParser):
    """Collects what runs or loads something."""

    def __init__(self) -> None:
        super().__init__()
        self.live: list[Any] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Only what is known to be harmless is."""
        self.live += [tag] if tag not in TAGS else []
        for name, value in attributes:
            address = re.sub(r"[\x00-\x20]", "", value or "")  # as browsers do, and more
            if name not in ATTRIBUTES and (name != "href" or SCHEME.match(address)):
                self.live.append((tag, name, value))


def traces(outside: Path, used: Options) -> tuple[Any, ...]:
    """What no attack changes: the files outside, the sandbox, and what there is of processes."""
    descriptors = len(os.listdir("/proc/self/fd"))
    return state(outside), left_behind(), warm_sandbox(used), processes_inside(used), descriptors


def left_behind() -> list[str]:
    """Files that attacks have left where anybody can write."""
    return [str(path) for place in PLACES for path in Path(place).glob("hostile-*")]


def processes_inside(used: Options) -> int:
    """How many processes there are in the sandbox."""
    return len(descendants(warm_sandbox(used)._template.pid))


def assert_graded_as_ever(assignment: Assignment, used: Options) -> None:
    """The next submission is graded as if nothing had been."""
    result = grade_one(reference(assignment), assignment, used).result
    assert earned(result) == full(assignment)
    assert result.notices == ()

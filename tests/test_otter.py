"""A section as an assignment of Otter-Grader's: its zip gives the scores that we give."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import multiprocessing
import signal
import sys
import warnings
import zipfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from courses import REPOSITORY

from autograder import answers, cli, markers, otter
from autograder.assignment import Assignment
from autograder.course import Course
from autograder.grade import Options, grade_one

SECTIONS = ("05_svd_compression", "12_conjugate_gradient")
MAX_SECONDS = 20  # of CPU time for a submission, as ours are
OPTIONS = Options(modules=("numpy", "scipy.linalg", "skimage.data"), unsafe=True)

# Of a package that Otter imports.
pytestmark = pytest.mark.filterwarnings("ignore:Traits should be given:DeprecationWarning")

Scores = dict[str, float]


def executed(submission: bytes) -> dict[str, Any]:
    """The names that the cells of a notebook leave behind, as a kernel's would."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in json.loads(submission)["cells"]:
        if cell["cell_type"] == "code" and "demo" not in cell["metadata"].get("tags", []):
            with contextlib.suppress(Exception, SystemExit):
                exec("".join(cell["source"]), names)
    return names


def otters(submission: bytes, tests: Path) -> Scores:
    """The score of each test file by Otter's own classes, in this process instead of a kernel."""
    from otter.nbmeta_config import NBMetadataConfig
    from otter.test_files import GradingResults, create_test_file

    with quiet():
        names, files = executed(submission), []
        for path in sorted(tests.glob("*.py")):
            files.append(create_test_file(str(path), NBMetadataConfig()))
            files[-1].run(names)
    return {name: file.score for name, file in GradingResults(files).results.items()}


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without warnings and output, and for so long only."""

    def ring(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, MAX_SECONDS)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
    signal.setitimer(signal.ITIMER_PROF, 0)


def ours(submission: bytes, assignment: Assignment) -> Scores:
    """Our score of each test cell."""
    found = grade_one(submission, assignment, OPTIONS).result
    return {cell.grade_id: cell.points for cell in found.cells}


@functools.cache
def section(name: str) -> Assignment:
    return Course(REPOSITORY).assignment(name)


def both(name: str, submission: bytes, tests: Path) -> tuple[Scores, Scores]:
    """Otter's scores and ours, in a worker."""
    return otters(submission, tests), ours(submission, section(name))


@pytest.fixture(scope="module")
def workers() -> Iterator[ProcessPoolExecutor]:
    """Two processes of their own, for what submissions do to the one that runs them."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


def unpacked(packed: Path, folder: Path) -> Path:
    """The test files of a zip."""
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    return folder / "tests"


@pytest.mark.parametrize("name", SECTIONS)
def test_every_answer_of_the_bank_scores_with_otter_what_it_scores_here(
    name: str, workers: ProcessPoolExecutor, tmp_path: Path
) -> None:
    assignment = section(name)
    tests = unpacked(otter.export(assignment, tmp_path), tmp_path / "zip")
    bank = answers.parse(assignment.bank, Path("answers.py"))
    submissions = {"reference": answers.reference(assignment), "blank": answers.blank(assignment)}
    submissions |= {
        f"{each.exercise}: {each.name}": answers.substitute(assignment, each)
        for each in bank.answers
    }
    waiting = {
        who: workers.submit(both, name, submission, tests)
        for who, submission in submissions.items()
    }
    scored = {who: future.result() for who, future in waiting.items()}
    assert not {who: pair for who, pair in scored.items() if pair[0] != pair[1]}
    assert sum(scored["reference"][0].values()) == assignment.max_score
    assert sum(scored["blank"][0].values()) == 0


LENGTHS = {
    3.0: "def length(v):\n    return np.sqrt(np.sum(v**2))",
    2.0: "def length(v):\n    return np.sum(np.abs(v))",
    1.0: "def length(v):\n    return 0.0",
    0.0: "def length(v):\n    raise ValueError",
}


@pytest.mark.parametrize("points", LENGTHS)
def test_partial_credit_is_given_in_parts_of_a_point(
    points: float, tiny: Assignment, parts: Path, warm: None
) -> None:
    handed_in = answers.submission(tiny, answers.solutions(tiny) | {"length": LENGTHS[points]})
    theirs = otters(handed_in, parts)
    assert theirs == pytest.approx(ours(handed_in, tiny))
    assert theirs["length-parts"] == pytest.approx(points)


# Scores that differ by design; docs/deploying.md says why.
REMEMBERS = """calls = []
def double(x):
    calls.append(x)
    return 2 * x if len(calls) == 1 else x
"""


def test_what_one_call_leaves_behind_is_there_in_the_next_test_with_otter_only(
    tiny: Assignment, parts: Path, warm: None
) -> None:
    handed_in = answers.submission(tiny, answers.solutions(tiny) | {"double": REMEMBERS})
    theirs, here = otters(handed_in, parts), ours(handed_in, tiny)
    assert (theirs["double-basics"], theirs["double-edges"]) == (0, 0)
    assert (here["double-basics"], here["double-edges"]) == (1, 2)
    assert theirs["length-parts"] == pytest.approx(here["length-parts"])


@pytest.fixture(scope="module")
def parts(tiny: Assignment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The test files of an assignment, one of which ends with a number."""
    folder = tmp_path_factory.mktemp("otter")
    return unpacked(otter.export(tiny, folder), folder)


def test_the_zip_has_hidden_and_visible_tests_and_what_notebooks_import(
    tiny: Assignment, parts: Path
) -> None:
    from otter.nbmeta_config import NBMetadataConfig
    from otter.test_files import create_test_file

    files = [create_test_file(str(path), NBMetadataConfig()) for path in sorted(parts.glob("*"))]
    assert [file.name for file in files] == [cell.grade_id for cell in tiny.tests]
    assert [file.possible for file in files] == pytest.approx([c.points for c in tiny.tests])
    assert [file.all_public for file in files] == [
        not markers.regions(cell.source, markers.HIDDEN_TESTS) for cell in tiny.tests
    ]
    environment = (parts.parent / "environment.yml").read_text()
    assert "numpy==" in environment
    assert "scipy==" in environment
    assert "autograder" not in environment  # it comes along
    assert (parts.parent / "files" / "autograder" / "checks" / "asserts.py").is_file()
    assert not (parts.parent / "files" / "autograder" / "grade.py").exists()


def test_without_otter_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "otter", None)
    arguments = ["export", "otter", "5", "--to", str(tmp_path)]
    assert cli.main(["--course", str(REPOSITORY), *arguments]) == 2
    told = capsys.readouterr().err
    assert "Otter-Grader" in told
    assert "pip install otter-grader" in told
    assert not list(tmp_path.iterdir())

"""A section on Gradescope: in folders laid out as there, it gives the scores that we give."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from courses import ENVIRONMENT, REPOSITORY, SUMS, make_course, own_cell

from autograder import answers, cli, gradescope, markers, notebook
from autograder.assignment import Assignment
from autograder.course import Course
from autograder.grade import grade_one
from autograder.results import SubmissionResult

SVD = "05_svd_compression"
EXERCISE, MISTAKE = "energy", "not divided by the total"
HIDDEN = "after_published"
# Files of Gradescope's, of which a submission knows where they are; each word is an attempt.
ATTEMPTS = """
import os

def tried():
    root = {root!r}
    attempts = {{
        "reads the tests": lambda: open(f"{{root}}/source/section.json").read(99),
        "lists the source": lambda: os.listdir(f"{{root}}/source"),
        "lists the uploads": lambda: os.listdir(f"{{root}}/submission"),
        "changes the tests": lambda: open(f"{{root}}/source/section.json", "a"),
        "changes what grades": lambda: open(f"{{root}}/run_autograder", "w"),
        "writes results": lambda: open(f"{{root}}/results/results.json", "w"),
        "removes results": lambda: os.rename(f"{{root}}/results", f"{{root}}/no_results"),
    }}
    found = []
    for name, attempt in attempts.items():
        try:
            found.append(f"{{name}}: {{attempt()}}")
        except OSError as error:
            found.append(f"{{name}}: {{type(error).__name__}}")
    return "; ".join(found)
"""
ALL_REFUSED = (
    "reads the tests: PermissionError; lists the source: PermissionError; "
    "lists the uploads: PermissionError; changes the tests: PermissionError; "
    "changes what grades: PermissionError; writes results: PermissionError; "
    "removes results: PermissionError"
)

Place = Callable[..., Path]


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    return Course(REPOSITORY).assignment(SVD)


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `autograder export gradescope` makes."""
    folder = tmp_path_factory.mktemp("exports")
    arguments = ["export", "gradescope", "5", "--to", str(folder)]
    assert cli.main(["--course", str(REPOSITORY), *arguments]) == 0
    (found,) = folder.iterdir()
    return found


@pytest.fixture(scope="module")
def place(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Makes an /autograder with uploaded files in it.

    In place of the environment that setup.sh makes stands this one without what is not there.
    """
    absent = tmp_path_factory.mktemp("absent")
    for name in gradescope.NOT_THERE:
        (absent / f"{name}.py").write_text(f"raise ImportError('no {name} on Gradescope')")

    def make(**uploaded: bytes) -> Path:
        root = tmp_path_factory.mktemp("autograder")
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(root / "source")
        shutil.copy(root / "source" / "run_autograder", root)
        for folder in ("results", "submission", "environment/bin"):
            (root / folder).mkdir(parents=True)
        python = root / "environment" / "bin" / "python"
        python.write_text(f'#!/bin/sh\nPYTHONPATH={absent} exec {sys.executable} "$@"\n')
        python.chmod(0o755)
        for name, data in uploaded.items():
            (root / "submission" / f"{name}.ipynb").write_bytes(data)
        return root

    return make


def run(root: Path) -> subprocess.CompletedProcess[str]:
    """What run_autograder does, as Gradescope calls it."""
    command = ["bash", root / "run_autograder"]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def results(root: Path) -> Any:
    return json.loads((root / "results" / "results.json").read_bytes())


def points(found: Any) -> dict[str, float]:
    return {test["name"]: test["score"] for test in found["tests"]}


@pytest.fixture(scope="module")
def submissions(assignment: Assignment) -> dict[str, bytes]:
    bank = answers.parse(assignment.bank, Path("answers.py"))
    (wrong,) = (a for a in bank.of(EXERCISE, "wrong") if a.name == MISTAKE)
    return {
        "reference": answers.reference(assignment),
        "blank": answers.blank(assignment),
        "wrong": answers.substitute(assignment, wrong),
    }


@pytest.fixture(scope="module")
def graded(place: Place, submissions: dict[str, bytes]) -> dict[str, Any]:
    """Gradescope's results of each submission."""

    def grade(name: str) -> Any:
        root = place(**{f"my {name}": submissions[name]})
        done = run(root)
        assert done.returncode == 0, done.stderr
        return results(root)

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(submissions, pool.map(grade, submissions), strict=True))


@pytest.fixture(scope="module")
def ours(
    assignment: Assignment, submissions: dict[str, bytes], warm: None
) -> dict[str, SubmissionResult]:
    """What we give to the same submissions here."""
    options = Course(REPOSITORY).options([SVD])
    return {name: grade_one(data, assignment, options).result for name, data in submissions.items()}


# --- Results --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["reference", "blank", "wrong"])
def test_every_test_cell_scores_what_it_scores_here(
    name: str, graded: dict[str, Any], ours: dict[str, SubmissionResult]
) -> None:
    cells = ours[name].cells
    assert points(graded[name]) == {cell.grade_id: cell.points for cell in cells}
    maxima = {test["name"]: test["max_score"] for test in graded[name]["tests"]}
    assert maxima == {cell.grade_id: cell.max_points for cell in cells}
    assert sum(points(graded[name]).values()) == {"reference": 31, "blank": 0, "wrong": 29}[name]


def test_a_wrong_answer_is_told_what_is_wrong_and_which_mistake_it_is(
    graded: dict[str, Any], ours: dict[str, SubmissionResult]
) -> None:
    told = {test["name"]: test["output"] for test in graded["wrong"]["tests"]}
    for cell in ours["wrong"].cells:
        assert told[cell.grade_id].startswith(cell.message)
        assert ("A share is a part divided by the whole." in told[cell.grade_id]) == (
            cell.exercise == EXERCISE
        )


def test_hidden_tests_wait_for_the_grades_and_show_no_code(
    assignment: Assignment, graded: dict[str, Any]
) -> None:
    hidden = {c.grade_id: markers.regions(c.source, markers.HIDDEN_TESTS) for c in assignment.tests}
    lines = {
        line.strip()
        for regions in hidden.values()
        for line in "\n".join(regions).splitlines()
        if len(line.strip()) > 20
    }
    for found in graded.values():
        for test in found["tests"]:
            assert test["visibility"] == (HIDDEN if hidden[test["name"]] else "visible")
        assert not [line for line in lines if line in json.dumps(found)]
        assert found["stdout_visibility"] == "hidden"


def test_written_answers_are_left_to_people(graded: dict[str, Any]) -> None:
    assert (
        graded["reference"]["output"] == "Graded by a person, points in brackets: lost-digits (3)."
    )
    assert "lost-digits" not in points(graded["reference"])
    assert "score" not in graded["reference"]


# --- Hostile submissions --------------------------------------------------------------------------


def test_nothing_of_gradescopes_is_read_or_written(
    place: Place, assignment: Assignment, submissions: dict[str, bytes]
) -> None:
    root = place()
    read = json.loads(submissions["reference"])
    cells = [own_cell(ATTEMPTS.format(root=str(root))), *read["cells"]]
    for cell in cells:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == EXERCISE:
            cell["source"] = f"def {EXERCISE}(s, k):\n    raise ValueError(tried())"
    hostile = notebook.write(cells, read["metadata"])
    (root / "submission" / "hostile.ipynb").write_bytes(hostile)
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}

    done = run(root)
    assert done.returncode == 0, done.stderr
    found = results(root)
    told = {test["name"]: test["output"] for test in found["tests"]}
    assert ALL_REFUSED in told[f"{EXERCISE}-worked"]
    assert sum(points(found).values()) == 29
    after = {p: p.read_bytes() for p in before}
    assert after == before
    assert (root / "results").is_dir()
    assert "rung: no-namespaces" in done.stdout


# --- Uploads that are no notebook: the student's mistake, and our failure, which is not -----------


@pytest.mark.parametrize(
    ("uploaded", "told"),
    [
        ({}, "Your upload holds no notebook"),
        ({"a": b"{}", "b": b"{}"}, "Your upload holds 2 notebooks (a.ipynb, b.ipynb)"),
        ({"a": b"nonsense"}, "not a Jupyter notebook"),
    ],
    ids=["none", "two", "not a notebook"],
)
def test_an_upload_without_a_notebook_is_told_what_to_do(
    uploaded: dict[str, bytes], told: str, place: Place
) -> None:
    root = place(**uploaded)
    done = run(root)
    assert done.returncode == 0, done.stderr
    assert results(root)["score"] == 0
    assert told in results(root)["output"]
    assert "tests" not in results(root)


def test_a_failure_of_ours_leaves_no_results(place: Place, submissions: dict[str, bytes]) -> None:
    root = place(mine=submissions["reference"])
    section = root / "source" / "section.json"
    packed = json.loads(section.read_bytes())
    packed["assignment"]["cells"] = [
        cell | ({"source": "1000"} if cell["grade_id"] == "energy-worked" else {})
        for cell in packed["assignment"]["cells"]
    ]
    section.write_text(json.dumps(packed))
    done = run(root)
    assert done.returncode == 1
    assert "energy-worked: it ends with 1000" in done.stderr
    assert not list((root / "results").iterdir())


# --- The zip --------------------------------------------------------------------------------------


def test_the_scripts_are_programs_that_bash_can_read(packed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packed) as archive:
        for name in ("setup.sh", "run_autograder"):
            assert archive.getinfo(name).external_attr >> 16 == 0o755
            subprocess.run(["bash", "-n", archive.extract(name, tmp_path)], check=True)


def test_every_package_to_install_has_one_version(packed: Path) -> None:
    with zipfile.ZipFile(packed) as archive:
        wanted, pinned = (
            archive.read(name).decode().splitlines()
            for name in ("requirements.txt", "constraints.txt")
        )
    names = {line.partition("==")[0].lower() for line in pinned}
    assert "linear-algebra-for-machine-learning" not in names
    assert {"numpy", "msgspec", "landlockpy", "ipython"} <= names
    assert {line.split(">")[0].split(";")[0] for line in wanted} <= names
    assert not any(line.startswith("nbgrader") for line in wanted)


def test_a_zip_that_gradescope_would_refuse_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    course = make_course(tmp_path / "course")
    (course.source_dir / SUMS / "data.bin").write_bytes(os.urandom(3_000_000))
    monkeypatch.setattr(gradescope, "MAX_ZIP_BYTES", 2_000_000)
    assert cli.main(["--course", str(course.root), "export", "gradescope", SUMS]) == 2
    told = capsys.readouterr().err
    assert "would have 3 MB, and Gradescope takes 2" in told
    assert "data.bin (3 MB)" in told
    assert not list((course.root / "exports").iterdir())

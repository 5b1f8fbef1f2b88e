"""Text to notebook: what authors write, what comes out, and what they are told when it is wrong."""

import json
import os
from pathlib import Path

import pytest

from autograder import markers, source
from autograder.errors import CourseError
from autograder.notebook import Role, read

SOLUTION = """# %% nbgrader={"grade_id": "double", "solution": true}
def double(x):
    \"\"\"Twice x.\"\"\"
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
"""
TEST = """# %% Twice two nbgrader={"grade_id": "double-basics", "grade": true, "points": 1}
assert double(2) == 4
"""
HIDDEN = """# %% nbgrader={"grade_id": "double-edges", "grade": true, "points": 2.5}
# Zero.
### BEGIN HIDDEN TESTS
assert double(0) == 0
### END HIDDEN TESTS
"""
WRITTEN = """\
# %% [markdown] nbgrader={"grade_id": "why", "grade": true, "solution": true, "points": 3}
# Your answer here.
#
# ### BEGIN MARK SCHEME
# Because.
# ### END MARK SCHEME
"""
WHOLE = "\n".join(
    [
        "# %% [markdown]\n# # 3 · Doubling, naïvely\n",
        "# %% Load the numbers!\nnumbers = [1, 2]\n",
        '# %% Plot them tags=["demo"]\nprint(numbers)\n',
        "# %%\nuntitled = 1\n",
        SOLUTION,
        TEST,
        HIDDEN,
        WRITTEN,
    ]
)


def problem(text: str) -> str:
    """What an author is told about a text."""
    with pytest.raises(CourseError) as caught:
        source.to_notebook(text, name="03.py")
    return str(caught.value)


def cells(text: str) -> list[dict]:
    """The cells that a text gives, as the file has them."""
    return json.loads(source.to_notebook(text, name="03.py"))["cells"]


def test_every_kind_of_cell_gets_its_role() -> None:
    found = read(source.to_notebook(WHOLE, name="03.py"), "03")
    assert [cell.role for cell in found.cells] == [
        Role.LESSON,
        Role.GIVEN,
        Role.DEMO,
        Role.GIVEN,
        Role.SOLUTION,
        Role.TEST,
        Role.TEST,
        Role.WRITTEN,
    ]


def test_nbgrader_accepts_the_metadata() -> None:
    from nbformat import reads
    from nbgrader.nbgraderformat import MetadataValidator

    found = reads(source.to_notebook(WHOLE, name="03.py").decode(), as_version=4)
    MetadataValidator().validate_nb(found)


def test_defaults_are_filled_in() -> None:
    assert cells(TEST + SOLUTION)[0]["metadata"] == {
        "nbgrader": {
            "schema_version": 3,
            "grade": True,
            "solution": False,
            "locked": True,
            "task": False,
            "grade_id": "double-basics",
            "points": 1,
        }
    }


def test_what_students_write_is_not_locked() -> None:
    solution, written = cells(SOLUTION + WRITTEN)
    assert solution["metadata"]["nbgrader"]["locked"] is False
    assert written["metadata"]["nbgrader"]["locked"] is False


def test_code_without_metadata_is_locked_and_named_after_its_title() -> None:
    cell = cells("# %% Load the numbers!\nx = 1\n")[0]
    assert cell["id"] == "load-the-numbers"
    assert cell["metadata"]["nbgrader"]["locked"] is True
    assert "title" not in cell["metadata"]


def test_code_without_title_is_named_after_its_content() -> None:
    first, second, third = (cell["id"] for cell in cells("# %%\nx\n# %%\ny\n# %%\nx\n"))
    assert first.startswith("code-")
    assert third == f"{first}-2"
    assert second not in (first, third)


def test_ids_stay_when_other_cells_come_and_go() -> None:
    before = {cell["id"] for cell in cells(WHOLE)}
    after = {cell["id"] for cell in cells("# %% [markdown]\n# New.\n\n" + WHOLE)}
    assert before < after
    assert len(after) == len(before) + 1


def test_cells_with_the_same_text_get_different_ids() -> None:
    first, second = (cell["id"] for cell in cells("# %% [markdown]\n# A\n\n" * 2))
    assert first != second


def test_the_same_text_gives_the_same_bytes() -> None:
    assert source.to_notebook(WHOLE, name="a") == source.to_notebook(WHOLE, name="b")


def test_the_notebook_is_valid_for_jupyter() -> None:
    import nbformat

    nbformat.validate(nbformat.reads(source.to_notebook(WHOLE, name="03").decode(), as_version=4))


BROKEN = [
    (SOLUTION + TEST + TEST, "'double-basics' is used twice"),
    (SOLUTION + "# %% Double\nx = 1\n", "'double' is used twice"),
    (TEST, "begins with no exercise"),
    (SOLUTION + TEST.replace("double-b", "doubleb"), "begins with no exercise"),
    (SOLUTION + TEST.replace("double-", "double "), "letters, digits"),
    (SOLUTION + TEST.replace(', "points": 1', ""), "has no points"),
    (SOLUTION + TEST.replace('"points": 1', '"points": "1"'), "a number above 0"),
    (SOLUTION + TEST.replace('"points": 1', '"points": true'), "points is True"),
    (SOLUTION + TEST.replace('"points": 1', '"points": 0'), "points is 0"),
    (SOLUTION.replace("true", 'true, "points": 1'), "not graded"),
    (SOLUTION + TEST.replace("points", "poinst"), "no key 'poinst'"),
    (SOLUTION + TEST.replace("true", '"yes"'), "should be true or false"),
    (SOLUTION + TEST.replace("1}", "1"), "is not key=value"),
    (SOLUTION.replace("nbgrader", "nbgrade"), "misspelt 'nbgrader'"),
    (SOLUTION.replace("{", "[{").replace("}", "}]"), "JSON object in braces"),
    ('# %% A tags="demo"\nx = 1\n', "03.py: not a notebook in percent format"),
    (SOLUTION.replace("true", 'true, "grade": true, "points": 1'), "make two cells of it"),
    (WRITTEN.replace('"solution": true, ', ""), "a written question needs both"),
    (HIDDEN.replace("TESTS", "TEST") + SOLUTION, "misspelt '### BEGIN HIDDEN TESTS'"),
    (SOLUTION.replace("END SOLUTION", "END SOLTUON"), "misspelt '### END SOLUTION'"),
    (SOLUTION.replace("    ### END SOLUTION\n", ""), "no 'END SOLUTION' after it"),
    (SOLUTION.replace("    ### BEGIN SOLUTION\n", ""), "no 'BEGIN SOLUTION' before it"),
    (SOLUTION.replace("return", "### BEGIN SOLUTION\n    return"), "inside a 'SOLUTION'"),
    (SOLUTION.replace("### BEGIN SOLUTION", "# BEGIN SOLUTION"), "'### BEGIN SOLUTION', alone"),
    ("# %% A\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n", "not a solution cell"),
    ("# %% A\n### BEGIN HIDDEN TESTS\nx = 1\n### END HIDDEN TESTS\n", "not a test cell"),
    (WRITTEN.partition(" nbgrader")[0] + WRITTEN.partition("}")[2], "not a written question"),
    (SOLUTION.replace("    return 2 * x\n", ""), "solution region is empty"),
    (SOLUTION.replace("return 2 * x", "# to do\n    ..."), "solution region is empty"),
    (
        SOLUTION.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION\n", ""),
        "solved",
    ),
    (SOLUTION.replace("def double", "def twice"), "no function double"),
    (SOLUTION.replace("2 * x", "2 * * x"), "the solution is not Python"),
    (SOLUTION + TEST.replace("assert ", "# "), "is only a comment"),
    (SOLUTION + TEST.replace("assert ", ""), "it asserts nothing"),
    (SOLUTION + HIDDEN.replace("assert ", "").replace("# Zero.", "assert double"), "hidden part"),
    (SOLUTION + HIDDEN.replace("# Zero.\n", ""), "students see an empty cell"),
    (SOLUTION + HIDDEN.replace("# Zero.", "if True:"), "what students see of it is not Python"),
    (SOLUTION + TEST.replace("assert", "def never():\n    assert"), "it asserts nothing"),
]


@pytest.mark.parametrize(("text", "told"), BROKEN, ids=[told for _, told in BROKEN])
def test_what_breaks_a_section_is_told(text: str, told: str) -> None:
    assert told in problem(text)


@pytest.mark.parametrize(
    "text",
    [
        SOLUTION + TEST.replace("assert double(2) == 4", "assert_close(double(2), 4)"),
        SOLUTION + TEST.replace("assert double(2) == 4", "with pytest.raises(E):\n    double()"),
        SOLUTION + TEST.replace("assert", "def check():\n    assert") + "check()\n",
        SOLUTION + TEST.replace("assert", "for x in [1]:\n    assert"),
        "# %% [markdown]\n# ## The solution\n# End of the hidden tests, begin of the solution.\n",
        "# %% A\nx = 1  # at the end of a solution\n# solution of the system\n",
    ],
)
def test_what_is_right_is_not_complained_about(text: str) -> None:
    source.to_notebook(text, name="03.py")


def test_all_problems_are_told_at_once_with_their_lines() -> None:
    told = problem(SOLUTION + TEST.replace("assert ", "") + WRITTEN.replace(', "points": 3', ""))
    assert told.split("\n") == [
        "03.py:7: cell 'double-basics': it asserts nothing, so every answer that runs passes",
        "03.py:9: cell 'why': it is graded but has no points: add \"points\": 1",
    ]


def test_a_region_is_replaced_by_an_indented_stub() -> None:
    text = "a\n    ### BEGIN SOLUTION\n    b\n    ### END SOLUTION\nc"
    assert markers.replaced(text, markers.SOLUTION, "x\ny") == "a\n    x\n    y\nc"
    assert markers.replaced(text, markers.SOLUTION) == "a\nc"
    assert markers.unwrapped(text, markers.SOLUTION) == "a\n    b\nc"
    assert markers.regions(text, markers.SOLUTION) == ["    b"]


@pytest.fixture
def section(tmp_path: Path) -> Path:
    """The text of one good section in a course."""
    text = tmp_path / "source" / "03_doubling" / "03_doubling.py"
    text.parent.mkdir(parents=True)
    text.write_text(WHOLE)
    return text


def test_refresh_writes_a_notebook_as_old_as_its_text(section: Path, tmp_path: Path) -> None:
    source.refresh(tmp_path)
    made = section.with_suffix(".ipynb")
    assert made.stat().st_mtime_ns == section.stat().st_mtime_ns
    assert sorted(tmp_path.rglob("*.*")) == [made, section]


def test_no_draft_stands_where_nbgrader_copies(
    section: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts: list[Path] = []
    monkeypatch.setattr(Path, "write_bytes", lambda path, _: drafts.append(path) or path.touch())
    source.refresh_section(section)
    assert [draft.parent for draft in drafts] == [section.parent.parent]


def test_a_fresh_notebook_is_left_alone(section: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source.refresh_section(section)
    monkeypatch.setattr(source, "to_notebook", lambda *_, **__: pytest.fail("converted again"))
    source.refresh_section(section)


@pytest.mark.parametrize("shift_seconds", [-100, 100], ids=["older text", "newer text"])
def test_a_text_of_another_time_is_converted(section: Path, shift_seconds: int) -> None:
    made = source.refresh_section(section)
    section.write_text(WHOLE + "# %% [markdown]\n# More.\n")
    time = made.stat().st_mtime + shift_seconds
    os.utime(section, (time, time))
    assert b"More." in source.refresh_section(section).read_bytes()


def test_a_new_version_of_the_converter_converts_again(
    section: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = source.refresh_section(section)
    time = made.stat().st_mtime_ns
    made.write_text("of the old version")
    os.utime(made, ns=(time, time))
    newer = tmp_path / "newer"
    newer.touch()
    os.utime(newer, (2**33, 2**33))
    monkeypatch.setattr(source, "OURS", (newer,))
    assert b"nbformat" in source.refresh_section(section).read_bytes()


def test_a_broken_section_loses_its_notebook_and_spares_the_others(
    section: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "source" / "04_broken" / "04_broken.py"
    broken.parent.mkdir()
    broken.write_text(SOLUTION)
    source.refresh(tmp_path)
    broken.write_text(SOLUTION.replace("END SOLUTION", "END SOLTUON"))
    os.utime(broken, (1, 1))
    section.with_suffix(".ipynb").unlink()
    with pytest.raises(CourseError, match=r"source/04_broken/04_broken\.py:1: cell 'double'"):
        source.refresh(tmp_path)
    assert not broken.with_suffix(".ipynb").exists()
    assert section.with_suffix(".ipynb").exists()


def test_nothing_is_refreshed_while_the_configuration_is_read(
    section: Path, tmp_path: Path
) -> None:
    with source.paused():
        source.refresh(tmp_path)
    assert not section.with_suffix(".ipynb").exists()

"""Text <-> notebook: `source/NN/NN.ipynb` is made from `source/NN/NN.py` and never edited.

The text is jupytext's percent format. On the way to the notebook

- nbgrader's metadata get their defaults (schema version 3), and every code cell that has none
  becomes a locked one, named after its title;
- every cell gets an id that stays the same as long as its meaning does;
- the rules that make a section gradable are checked, and what breaks them is an error here instead
  of a surprise in a student's hands.

The same text always gives the same bytes. A notebook is up to date when its modification time is
the text's and it was written after this module last changed.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from autograder import cellrules, markers, notebook
from autograder.errors import CourseError
from autograder.notebook import Notebook

CELL_ID = re.compile(r"[a-zA-Z0-9_\-]{1,64}")
FROM_TEXT_ONLY = frozenset(
    ("title", "cell_marker", "lines_to_next_cell", "lines_to_end_of_cell_marker")
)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {
    "name": "python",
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "pygments_lexer": "ipython3",
}
OURS = tuple(Path(file or "") for file in (__file__, cellrules.__file__, markers.__file__))

_paused: ContextVar[bool] = ContextVar("paused", default=False)


def refresh(course_root: Path | str, source_directory: str = "source") -> None:
    """Bring every section's notebook up to date with its text.

    The notebook of a section with problems is removed, so that nobody releases an old one by
    mistake; the other sections are brought up to date all the same.

    Raises
    ------
    CourseError
        If sections have problems: all of them, one a line.
    """
    if _paused.get():
        return
    failures = []
    for text in sorted(Path(course_root, source_directory).glob("*/*.py")):
        if text.stem == text.parent.name:
            try:
                refresh_section(text)
            except CourseError as error:
                failures.append(str(error))
    if failures:
        raise CourseError("\n".join(failures))


def refresh_section(text: Path) -> Path:
    """Bring one section's notebook up to date with its text, and say where the notebook is."""
    path = text.with_suffix(".ipynb")
    written = text.stat().st_mtime_ns  # before reading: what changes meanwhile is seen next time
    if not _is_fresh(path, written):
        try:
            data = to_notebook(text.read_text(encoding="utf-8"), name=_short(text))
            _write(path, data, written)
        except CourseError:
            path.unlink(missing_ok=True)
            raise
        except (OSError, UnicodeDecodeError) as error:
            raise CourseError(f"{_short(text)}: no notebook can be made of it: {error}") from error
    return path


@contextmanager
def paused() -> Iterator[None]:
    """Within, `refresh` does nothing: the configuration is read for its settings alone."""
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)


def to_notebook(text: str, *, name: str) -> bytes:
    """The notebook that a text in percent format describes; messages call the text `name`.

    Raises
    ------
    CourseError
        If the text breaks a rule of `autograder.cellrules`: every problem on its own line.
    """
    parsed = _parse(text, name)
    cells = [_cell(cell) for cell in parsed["cells"]]
    _number_untitled(cells)
    problems = cellrules.problems(cells)
    if problems:
        lines = _cell_lines(text, len(cells))
        raise CourseError("\n".join(f"{name}{lines[i]}: {problem}" for i, problem in problems))
    _identify(cells)
    kernel = parsed["metadata"].get("kernelspec", KERNEL)
    return notebook.write(cells, {"kernelspec": kernel, "language_info": LANGUAGE})


def read(text: Path) -> Notebook:
    """The section's notebook, brought up to date."""
    path = refresh_section(text)
    return notebook.read(path.read_bytes(), _short(path))


def slug(title: str) -> str:
    """A title as a grade_id: `Load the photograph` becomes `load-the-photograph`."""
    return re.sub(r"[^a-z0-9_]+", "-", title.lower()).strip("-")[:64].rstrip("-")


def _is_fresh(path: Path, written: int) -> bool:
    try:
        status = path.stat()
    except FileNotFoundError:
        return False
    ours = max(module.stat().st_mtime_ns for module in OURS)
    return status.st_mtime_ns == written and status.st_ctime_ns > ours


def _write(path: Path, data: bytes, mtime_ns: int) -> None:
    # Beside the section's folder, not in it: nbgrader copies what it finds there.
    draft = path.parent.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(data)
        os.utime(draft, ns=(mtime_ns, mtime_ns))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _parse(text: str, name: str) -> Any:
    # 1.5 s, and only needed for what has changed.
    import jupytext  # type: ignore[import-untyped]  # it ships no types

    try:
        return jupytext.reads(text, fmt="py:percent")
    except Exception as error:
        reason = str(error).partition("\n")[0]
        raise CourseError(f"{name}: not a notebook in percent format: {reason}") from error


def _cell(parsed: Any) -> dict[str, Any]:
    """A cell as nbformat has it, with nbgrader's metadata complete; untitled ids stay empty."""
    found = dict(parsed["metadata"])
    metadata = {key: value for key, value in found.items() if key not in FROM_TEXT_ONLY}
    cell: dict[str, Any] = {
        "cell_type": parsed["cell_type"],
        "metadata": metadata,
        "source": parsed["source"],
    }
    if cell["cell_type"] == "code":
        cell |= {"execution_count": None, "outputs": []}
        metadata.setdefault("nbgrader", {"grade_id": slug(found.get("title", "")), "locked": True})
    if isinstance(metadata.get("nbgrader"), dict):
        metadata["nbgrader"] = _complete(metadata["nbgrader"])
    return cell


def _complete(meta: dict[str, Any]) -> dict[str, Any]:
    graded, solution = meta.get("grade") is True, meta.get("solution") is True
    defaults = {
        "schema_version": 3,
        "grade": False,
        "solution": False,
        "locked": graded and not solution,
        "task": False,
    }
    return defaults | meta


def _number_untitled(cells: list[dict[str, Any]]) -> None:
    seen: Counter[str] = Counter()
    for cell in cells:
        meta = cell["metadata"].get("nbgrader")
        if isinstance(meta, dict) and meta.get("grade_id") == "":
            name = f"code-{_digest(cell['source'])}"
            seen[name] += 1
            meta["grade_id"] = name if seen[name] == 1 else f"{name}-{seen[name]}"


def _identify(cells: list[dict[str, Any]]) -> None:
    seen: Counter[str] = Counter()
    for cell in cells:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if CELL_ID.fullmatch(grade_id):
            cell["id"] = grade_id
        else:
            content = f"{cell['cell_type']} {cell['source']}"
            seen[content] += 1
            cell["id"] = _digest(f"{seen[content]} {content}")


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:8]


def _cell_lines(text: str, count: int) -> list[str]:
    """`:LINE` for each cell, or nothing where text stands before the first cell."""
    starts = [i for i, line in enumerate(text.split("\n"), 1) if re.match(r"# ?%%", line)]
    return [f":{line}" for line in starts] if len(starts) == count else [""] * count


def _short(path: Path) -> str:
    """The path from the course's root, as people name it."""
    with suppress(ValueError):
        return str(path.relative_to(path.parents[2]))
    return str(path)

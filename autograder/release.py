"""source/ -> release/ and solutions/: what students get now, and what they get after the deadline.

The release is made by nbgrader's own preprocessors, so it is byte for byte what
`nbgrader generate_assignment` writes; it needs no database. The solutions are the worked notebook
without hidden tests and mark schemes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder import markers, notebook, source
from autograder.course import Course, Section, walk
from autograder.errors import CourseError
from autograder.notebook import Cell


def build(course: Course, names: Sequence[str] = (), *, check: bool = False) -> list[str]:
    """Bring release/ and solutions/ up to date, for the named sections or for all.

    Returns what was out of date, one file a line. With `check`, nothing is written.

    Raises
    ------
    CourseError
        If a section's source has problems.
    """
    sections = [course.section(name) for name in names or course.sections()]
    exporter = _exporter(course)
    findings: list[str] = []
    for section in sections:
        read = source.read(section.text)
        released = {section.release: _release(exporter, course, section)}
        for name, data in course.data_files(section).items():
            released[section.release_dir / name] = data
        solution = {section.solution: solution_notebook(read)}
        findings += [
            f"{_short(course, path)} {problem}"
            for path, problem in (
                *_update(released, check),
                *_remove(course, section, set(released), check),
                *_update(solution, check),
            )
        ]
    return findings + ([] if names else _orphans(course))


def solution_notebook(read: notebook.Notebook) -> bytes:
    """The worked notebook, for students after the deadline."""
    cells = [_worked(cell) for cell in read.cells]
    return notebook.write(cells, read.metadata)


def _worked(cell: Cell) -> dict[str, Any]:
    text = markers.unwrapped(cell.source, markers.SOLUTION)
    text = markers.replaced(markers.replaced(text, markers.HIDDEN_TESTS), markers.MARK_SCHEME)
    worked: dict[str, Any] = {
        "cell_type": cell.cell_type,
        "id": cell.id,
        "metadata": cell.metadata,
        "source": text.rstrip().splitlines(keepends=True),  # one a line, so that diffs are small
    }
    if cell.cell_type == "code":
        worked |= {"execution_count": None, "outputs": []}
    return worked


def _exporter(course: Course) -> Any:
    """nbgrader's `generate_assignment` as one exporter, without the step that wants a database."""
    from nbconvert.exporters import NotebookExporter
    from nbgrader.converters import GenerateAssignment  # type: ignore[import-untyped]  # no py.typed
    from nbgrader.preprocessors import SaveCells  # type: ignore[import-untyped]  # no py.typed

    config = course.config()
    config.Exporter.default_preprocessors = []
    exporter: Any = NotebookExporter(config=config)  # type: ignore[no-untyped-call]  # nbconvert's
    for step in GenerateAssignment(config=config).preprocessors:
        if step is not SaveCells:
            exporter.register_preprocessor(step)
    return exporter


def _release(exporter: Any, course: Course, section: Section) -> bytes:
    try:
        with contextlib.chdir(course.root):  # nbgrader's paths are relative to it
            output, _ = exporter.from_filename(str(section.notebook))
    except Exception as error:
        raise CourseError(
            f"{_short(course, section.text)}: nbgrader makes no release of it: {error}"
        ) from error
    return str(output).encode()


def _update(files: dict[Path, bytes], check: bool) -> list[tuple[Path, str]]:
    stale = []
    for path, data in files.items():
        if not path.exists():
            stale.append((path, "is missing" if check else "is new"))
        elif path.read_bytes() != data:
            stale.append((path, "is out of date" if check else "is brought up to date"))
        else:
            continue
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return stale


def _remove(
    course: Course, section: Section, wanted: set[Path], check: bool
) -> list[tuple[Path, str]]:
    """What stands in the release folder but comes from nothing in the source folder."""
    if not section.release_dir.is_dir():
        return []
    extra = [p for p in walk(section.release_dir, course.settings().ignore) if p not in wanted]
    if not check:
        for path in extra:
            path.unlink()
    return [(path, "comes from nothing" if check else "is removed") for path in extra]


def _orphans(course: Course) -> list[str]:
    known = course.sections()
    if not course.release_dir.is_dir():
        return []
    folders = sorted(folder for folder in course.release_dir.iterdir() if folder.is_dir())
    return [
        f"{_short(course, folder)} has no section in {course.source_dir.name}/: remove it"
        for folder in folders
        if folder.name not in known and not folder.name.startswith(".")
    ]


def _short(course: Course, path: Path) -> Path:
    return path.relative_to(course.root)

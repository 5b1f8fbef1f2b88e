"""The graded notebook as its student may see it: no hidden tests, no mark scheme, nothing large.

Both forms of feedback, the page and the notebook, are made of these cells. Outputs are cleaned once
more, since nothing but a mark says that a notebook in `autograded/` is what grading has written.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec

from autograder import markers, notebook, outputs
from autograder.errors import ProtocolError, SubmissionError
from autograder.notebook import Cell, RawNotebook, Role
from autograder.results import Diagnosis, Outcome

MAX_TEXT = 20_000  # characters of one cell, or of one output
MAX_NAME = 500  # of an exception, or of a picture
MAX_TEXTS = 400_000  # of all outputs and added cells
MAX_PICTURE = 500_000  # bytes of one,
MAX_PICTURES = 2_000_000  # and of all: what everybody's mail takes

_HIDDEN = "# Hidden tests"
_STUDENTS = frozenset({Role.SOLUTION, Role.FREE})
_TEXT = ("text/plain", "text/latex", "text/markdown")
_SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a test cell's metadata tell of it, as `autograder`."""

    outcome: Outcome
    message: str = ""
    diagnosis: Diagnosis | None = None


class VisibleCell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell with what may be seen of its text and outputs; of a test cell with what was found."""

    cell: Cell
    outputs: list[dict[str, Any]] = []  # as nbformat has them
    told: Told | None = None


class _Metadata(msgspec.Struct):
    autograder: Told | None = None


class _Graded(msgspec.Struct):
    metadata: _Metadata
    outputs: list[dict[str, Any]] = []


class _Notebook(msgspec.Struct):
    cells: list[_Graded]


def visible_cells(executed: bytes, name: str) -> list[VisibleCell]:
    """The cells of a graded notebook; `name` is what messages call it.

    Raises
    ------
    SubmissionError
        If it is not a notebook that grading has written.
    """
    try:
        graded = msgspec.json.decode(executed, type=_Notebook).cells
        bare = msgspec.json.encode(msgspec.json.decode(executed, type=RawNotebook))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise SubmissionError(f"{name}: not a graded notebook ({error})") from error
    rations = _Rations()
    pairs = zip(notebook.read(bare, name).cells, graded, strict=True)
    return [_visible(cell, found, rations) for cell, found in pairs]


def without_hidden_tests(source: str) -> str:
    """A test cell's text with one line for each hidden region, which says what it looks at.

    That is what the comment right above the region says.
    """
    shown: list[str] = []
    for line in markers.replaced(source, markers.HIDDEN_TESTS, _HIDDEN).split("\n"):
        if line.strip() == _HIDDEN:
            above: list[str] = []
            while shown and shown[-1].lstrip().startswith("# "):
                above.insert(0, shown.pop().strip().removeprefix("# "))
            line += f": {' '.join(above)}" if above else ""
        shown.append(line)
    return "\n".join(shown).strip("\n")


def looks_at(source: str) -> list[str]:
    """What the hidden tests of such a text look at, an entry a region; "" where it does not say."""
    lines = (line.strip() for line in source.split("\n"))
    return [line[len(_HIDDEN) :].lstrip(": ") for line in lines if line.startswith(_HIDDEN)]


def is_all_hidden(source: str) -> bool:
    """Whether nothing but hidden tests stands in such a text."""
    lines = [line.strip() for line in source.split("\n") if line.strip()]
    return all(line.startswith(_HIDDEN) for line in lines)


def text_of(output: dict[str, Any]) -> str:
    """An output as plain text."""
    match output["output_type"]:
        case "stream":
            return outputs.plain(output["text"])
        case "error":
            return outputs.plain("\n".join(output["traceback"]))
        case _:
            data = output["data"]
            text = data.get("text/plain", "")
            if not text or text.startswith("<IPython."):  # which says nothing of a formula
                text = next((data[kind] for kind in _TEXT[1:] if kind in data), text)
            return outputs.plain(text)


def picture_of(output: dict[str, Any]) -> tuple[str, str] | None:
    """The media type and the base64 of an output that is a picture."""
    data = output.get("data", {})
    return next(((kind, data[kind]) for kind in _SIGNATURES if kind in data), None)


def _visible(cell: Cell, graded: _Graded, rations: _Rations) -> VisibleCell:
    source = cell.source
    if cell.role is Role.TEST:
        cell = msgspec.structs.replace(cell, source=without_hidden_tests(source))
        return VisibleCell(cell=cell, told=graded.metadata.autograder or _told_by(graded))
    if cell.role in _STUDENTS:
        source = rations.text(source) if cell.role is Role.FREE else _cut(source, MAX_TEXT)
    elif cell.role is Role.WRITTEN:
        source = _cut(markers.replaced(source, markers.MARK_SCHEME), MAX_TEXT)
    attached = {}
    for name, found in outputs.pictures(cell.attachments).items():
        attached[name], problems = rations.pictures(found)
        source = "\n\n".join((source, *problems))
    return VisibleCell(
        cell=msgspec.structs.replace(cell, source=source, attachments=attached),
        outputs=_kept(graded.outputs, rations),
    )


def _told_by(graded: _Graded) -> Told | None:
    """What a notebook tells by its outputs alone: ours, and nothing of a kernel's."""
    for output in graded.outputs:
        name, text = output.get("ename", ""), output.get("evalue", "")
        if output == outputs.error_dict(name, text):
            return Told(outcome=Outcome.FAILED, message=outputs.plain(text))
    return None


def _kept(found: list[dict[str, Any]], rations: _Rations) -> list[dict[str, Any]]:
    try:
        clean = outputs.decode(msgspec.json.encode(found), 0)
    except ProtocolError as error:
        return [outputs.error_dict("ProtocolError", str(error))]
    return [_small(output, rations) for output in clean]


def _small(output: dict[str, Any], rations: _Rations) -> dict[str, Any]:
    match output["output_type"]:
        case "stream":
            return output | {"text": rations.text(output["text"])}
        case "error":
            lines = rations.text("\n".join(output["traceback"])).split("\n")
            names = {key: _cut(output[key], MAX_NAME) for key in ("ename", "evalue")}
            return output | names | {"traceback": lines}
        case "execute_result":
            output |= {"execution_count": None}
    data = {kind: rations.text(output["data"][kind]) for kind in _TEXT if kind in output["data"]}
    pictures, problems = rations.pictures(output["data"])
    if problems:
        data["text/plain"] = "\n".join((data.get("text/plain", ""), *problems)).strip()
    return output | {"data": data | pictures}


def _cut(text: str, most: int) -> str:
    left_out = len(text) - most
    return text if left_out <= 0 else f"{text[:most]}\n... ({left_out:,} more characters)"


class _Rations:
    """What there is room for."""

    def __init__(self) -> None:
        self._texts = MAX_TEXTS
        self._pictures = MAX_PICTURES

    def text(self, text: str) -> str:
        """As much of a text as there is room for."""
        kept = min(len(text), MAX_TEXT, self._texts)
        self._texts -= kept
        return _cut(text, kept)

    def pictures(self, media: dict[str, str]) -> tuple[dict[str, str], list[str]]:
        """The pictures among these, as base64 without white space, and why others are left out."""
        kept, problems = {}, []
        for kind in [kind for kind in _SIGNATURES if kind in media]:
            text = "".join(media[kind].split())
            if problem := self._problem(kind, text):
                problems.append(f"(A picture was left out: {problem}.)")
            else:
                kept[kind] = text
        return kept, problems

    def _problem(self, kind: str, text: str) -> str:
        """Why a picture cannot be shown; if it can, it takes some of the room."""
        try:
            picture = base64.b64decode(text, validate=True)
        except binascii.Error:
            return "it is damaged"
        if not picture.startswith(_SIGNATURES[kind]):
            return f"it is no {kind}"
        if len(picture) > min(MAX_PICTURE, self._pictures):
            return f"its {len(picture) / 1000:,.0f} kB are too many to be sent around"
        self._pictures -= len(picture)
        return ""

"""Notebook outputs that come from the student's side: decoded strictly and made harmless.

Only the kinds of output and the media types below get through; HTML is cleaned of everything
that could run or load something.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from autograder.errors import ProtocolError

MAX_OUTPUT_BYTES = 4_000_000  # of one cell: an honest shell has cut its outputs long before
MAX_OUTPUTS = 20_000
MAX_HTML_BYTES = 100_000  # of one cell: what is nested deep takes quadratic time to clean
_TEXT = ("text/plain", "text/latex", "text/markdown")
_BASE64 = ("image/png", "image/jpeg")
_IS_BASE64 = re.compile(r"[A-Za-z0-9+/=\n]*")
# Terminal colours stay; other control characters, and those that turn the reading direction, go.
_COLOUR = r"\x1b\[[0-9;]*m"
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
    rf"|\x1b(?!{_COLOUR[4:]})"
)
# In Markdown: what begins a tag, a character reference or a picture from elsewhere, and schemes of
# links that run. Pictures that are attached to the cell stay.
_LIVE = re.compile(
    r"[<&](?=[A-Za-z/!?#])|!(?=\[)(?!\[[^]\n]*\]\(attachment:[\w.%-]+\))|(?:java|vb)script(?=\\?:)|data(?=\\?:\S)",
    re.IGNORECASE,
)

_PLACES = {sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix),
           str(Path(__file__).resolve().parent.parent)} - {"/", "/usr"}  # fmt: skip
_INSTALLED = re.compile("|".join(map(re.escape, sorted(_PLACES, key=len, reverse=True))))


class _Stream(msgspec.Struct, tag_field="output_type", tag="stream"):
    name: Literal["stdout", "stderr"]
    text: str


class _Display(msgspec.Struct, tag_field="output_type", tag="display_data"):
    data: dict[str, msgspec.Raw]  # nothing is made of what is not kept


class _Result(msgspec.Struct, tag_field="output_type", tag="execute_result"):
    data: dict[str, msgspec.Raw]  # nothing is made of what is not kept


class _Error(msgspec.Struct, tag_field="output_type", tag="error"):
    ename: str
    evalue: str
    traceback: list[str]


_decoder = msgspec.json.Decoder(
    Annotated[list[_Stream | _Display | _Result | _Error], msgspec.Meta(max_length=MAX_OUTPUTS)]
)


def decode(data: bytes, execution_count: int) -> list[dict[str, Any]]:
    """Outputs as nbformat has them. Raises ProtocolError."""
    if len(data) > MAX_OUTPUT_BYTES:
        raise ProtocolError(f"{len(data) / 1e6:.0f} MB of outputs")
    try:
        outputs = _decoder.decode(data)
        too_much = sum(map(_html_bytes, outputs)) > MAX_HTML_BYTES
        return [_as_nbformat(output, execution_count, html=not too_much) for output in outputs]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, MemoryError) as error:
        raise ProtocolError(f"outputs that no notebook has: {error!s:.200}") from error


def error_output(name: str, text: str) -> bytes:
    """The outputs of a cell that ended with an error of the grader's naming."""
    return msgspec.json.encode([error_dict(name, text)])


def error_dict(name: str, text: str) -> dict[str, Any]:
    """One error output as nbformat has it."""
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}


def harmless(text: str) -> str:
    """Text without control characters that could deceive a reader or a terminal.

    Where the grader is installed, as tracebacks through NumPy would tell, is nobody's business.
    """
    return _INSTALLED.sub("...", _CONTROLS.sub("\ufffd", text))


def plain(text: str) -> str:
    """The same of a message, where colours and overwriting could hide what comes behind."""
    return harmless(re.sub(rf"{_COLOUR}|\r", "", text))


def harmless_source(source: str, cell_type: str = "markdown") -> str:
    """The text of a student's cell as it may be shown; Markdown is HTML wherever it says so.

    With a space in it a tag is none and a link leads nowhere; formulas and prose do not mind.
    """
    text = harmless(source)
    return text if cell_type == "code" else _LIVE.sub(r"\g<0> ", text)


def pictures(attachments: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The pictures among what is attached to a cell, each by its name and type."""
    found = {
        name: {kind: data[kind] for kind in _BASE64 if _is_base64(data.get(kind))}
        for name, data in attachments.items()
        if isinstance(data, dict)
    }
    return {name: kinds for name, kinds in found.items() if kinds}


def _as_nbformat(
    output: _Stream | _Display | _Result | _Error, execution_count: int, *, html: bool
) -> dict[str, Any]:
    match output:
        case _Stream(name=name, text=text):
            return {"output_type": "stream", "name": name, "text": harmless(text)}
        case _Error(ename=name, evalue=text, traceback=lines):
            shown = [harmless(line) for line in lines]
            return error_dict(harmless(name), harmless(text)) | {"traceback": shown}
        case _Result(data=data):
            count = {"execution_count": execution_count}
            return {
                "output_type": "execute_result",
                "data": _media(data, html=html),
                "metadata": {},
            } | count
        case _Display(data=data):
            return {"output_type": "display_data", "data": _media(data, html=html), "metadata": {}}


def _html_bytes(output: _Stream | _Display | _Result | _Error) -> int:
    data = output.data if isinstance(output, (_Display, _Result)) else {}
    return len(memoryview(data["text/html"])) if "text/html" in data else 0


def _media(data: dict[str, msgspec.Raw], *, html: bool) -> dict[str, str]:
    kinds = (kind for kind in (*_TEXT, *_BASE64, "text/html") if kind in data)
    found = {kind: text for kind in kinds if (text := _text(data[kind])) is not None}
    kept = {kind: harmless(found[kind]) for kind in _TEXT if kind in found}
    if "text/markdown" in kept:  # Markdown is HTML wherever it says so
        kept["text/markdown"] = harmless_source(kept["text/markdown"]).replace("<", "&lt;")
    for kind in _BASE64:
        if _is_base64(found.get(kind)):
            kept[kind] = found[kind]
    if html and "text/html" in found:
        import nh3  # only the rare cell that shows a table pays for it

        kept["text/html"] = nh3.clean(harmless(found["text/html"]), tags=nh3.ALLOWED_TAGS - {"img"})
    return kept


def _is_base64(data: object) -> bool:
    return isinstance(data, str) and bool(_IS_BASE64.fullmatch(data))


def _text(value: msgspec.Raw) -> str | None:
    """A medium that is text."""
    try:
        return msgspec.json.decode(value, type=str)
    except msgspec.ValidationError:
        return None

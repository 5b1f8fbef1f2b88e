"""Notebook outputs that come from the student's side: decoded strictly and made harmless.

Only the kinds of output and the media types below get through; HTML is cleaned of everything
that could run or load something.
"""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from autograder.errors import ProtocolError

MAX_OUTPUT_BYTES = 16_000_000  # of one cell: an honest shell has cut its outputs long before
_TEXT = ("text/plain", "text/latex", "text/markdown")
_BASE64 = ("image/png", "image/jpeg")
_IS_BASE64 = re.compile(r"[A-Za-z0-9+/=\n]*")
# Terminal colours stay; other control characters, and those that turn the reading direction, go.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


class _Stream(msgspec.Struct, tag_field="output_type", tag="stream"):
    name: Literal["stdout", "stderr"]
    text: str


class _Display(msgspec.Struct, tag_field="output_type", tag="display_data"):
    data: dict[str, Any]


class _Result(msgspec.Struct, tag_field="output_type", tag="execute_result"):
    data: dict[str, Any]


class _Error(msgspec.Struct, tag_field="output_type", tag="error"):
    ename: str
    evalue: str
    traceback: list[str]


_decoder = msgspec.json.Decoder(list[_Stream | _Display | _Result | _Error])


def decode(data: bytes, execution_count: int) -> list[dict[str, Any]]:
    """Outputs as nbformat has them. Raises ProtocolError."""
    if len(data) > MAX_OUTPUT_BYTES:
        raise ProtocolError(f"{len(data) / 1e6:.0f} MB of outputs")
    try:
        outputs = _decoder.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ProtocolError(f"outputs that no notebook has: {error}") from error
    return [_as_nbformat(output, execution_count) for output in outputs]


def error_output(name: str, text: str) -> bytes:
    """The outputs of a cell that ended with an error of the grader's naming."""
    return msgspec.json.encode([error_dict(name, text)])


def error_dict(name: str, text: str) -> dict[str, Any]:
    """One error output as nbformat has it."""
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}


def harmless(text: str) -> str:
    """Text without control characters that could deceive a reader or a terminal."""
    return _CONTROLS.sub("\ufffd", text)


def _as_nbformat(
    output: _Stream | _Display | _Result | _Error, execution_count: int
) -> dict[str, Any]:
    match output:
        case _Stream(name=name, text=text):
            return {"output_type": "stream", "name": name, "text": harmless(text)}
        case _Error(ename=name, evalue=text, traceback=lines):
            shown = [harmless(line) for line in lines]
            return error_dict(harmless(name), harmless(text)) | {"traceback": shown}
        case _Result(data=data):
            count = {"execution_count": execution_count}
            return {"output_type": "execute_result", "data": _media(data), "metadata": {}} | count
        case _Display(data=data):
            return {"output_type": "display_data", "data": _media(data), "metadata": {}}


def _media(data: dict[str, Any]) -> dict[str, str]:
    kept = {kind: harmless(data[kind]) for kind in _TEXT if isinstance(data.get(kind), str)}
    if "text/markdown" in kept:  # Markdown is HTML wherever it says so
        kept["text/markdown"] = kept["text/markdown"].replace("<", "&lt;")
    for kind in _BASE64:
        if isinstance(data.get(kind), str) and _IS_BASE64.fullmatch(data[kind]):
            kept[kind] = data[kind]
    if isinstance(data.get("text/html"), str):
        import nh3  # only the rare cell that shows a table pays for it

        kept["text/html"] = nh3.clean(harmless(data["text/html"]))
    return kept

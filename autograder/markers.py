"""Marked regions of a cell: solutions, hidden tests and mark schemes, as nbgrader cuts them out.

    ### BEGIN SOLUTION          ### BEGIN HIDDEN TESTS          ### BEGIN MARK SCHEME
    ### END SOLUTION            ### END HIDDEN TESTS            ### END MARK SCHEME

nbgrader looks for the words anywhere in a line and keeps silent about an END without a BEGIN or a
marker that is almost right: such a line leaks to students. `problems` finds them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

SOLUTION = "SOLUTION"
HIDDEN_TESTS = "HIDDEN TESTS"
MARK_SCHEME = "MARK SCHEME"
KINDS = (SOLUTION, HIDDEN_TESTS, MARK_SCHEME)

MARKERS = tuple(f"{edge} {kind}" for kind in KINDS for edge in ("BEGIN", "END"))
ALIKE = 0.75  # difflib's ratio from which a line is taken for a misspelt marker


def regions(text: str, kind: str) -> list[str]:
    """What stands in each region of a kind, markers excluded."""
    found: list[list[str]] = []
    for line, where in _lines(text, kind):
        if where == "begin":
            found.append([])
        elif where == "inside":
            found[-1].append(line)
    return ["\n".join(lines) for lines in found]


def replaced(text: str, kind: str, stub: str | None = None) -> str:
    """The text with each region of a kind replaced by a stub, indented as the region was."""
    kept: list[str] = []
    for line, where in _lines(text, kind):
        if where == "outside":
            kept.append(line)
        elif where == "begin" and stub is not None:
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + stub_line for stub_line in stub.split("\n")]
    return "\n".join(kept)


def unwrapped(text: str, kind: str) -> str:
    """The text without the markers of a kind; what they enclose stays."""
    return "\n".join(line for line, where in _lines(text, kind) if where in ("inside", "outside"))


def line_numbers(text: str, kind: str) -> set[int]:
    """Where the regions of a kind are, counted from 1, markers excluded."""
    return {n for n, (_, where) in enumerate(_lines(text, kind), start=1) if where == "inside"}


def problems(text: str) -> list[str]:
    """What is wrong with the markers of a cell: misspelt, unbalanced or nested ones."""
    found: list[str] = []
    is_open: str | None = None
    for line in text.split("\n"):
        marker = next((marker for marker in MARKERS if marker in line), None)
        if marker is None:
            found += _misspelt(line)
            continue
        if line.strip() != f"### {marker}":
            found.append(f"write {line.strip()!r} as '### {marker}', alone on its line")
        edge, kind = marker.split(" ", 1)
        if edge == "BEGIN":
            if is_open:
                found.append(
                    f"'BEGIN {kind}' stands inside a '{is_open}' region, which is still open"
                )
            is_open = kind
        else:
            if is_open != kind:
                found.append(f"'END {kind}' has no 'BEGIN {kind}' before it")
            is_open = None
    if is_open:
        found.append(f"'BEGIN {is_open}' has no 'END {is_open}' after it")
    return found


def _lines(text: str, kind: str) -> Iterator[tuple[str, str]]:
    inside = False
    for line in text.split("\n"):
        if f"BEGIN {kind}" in line:
            inside = True
            yield line, "begin"
        elif f"END {kind}" in line:
            inside = False
            yield line, "end"
        else:
            yield line, "inside" if inside else "outside"


def _misspelt(line: str) -> list[str]:
    match = re.fullmatch(r"\s*#+\s*(\S.*?)\s*", line)
    if not match or len(match[1]) > 2 * max(map(len, MARKERS)):
        return []
    words = match[1].upper()
    begins = difflib.get_close_matches(words.split()[0], ("BEGIN", "END"), cutoff=ALIKE)
    close = difflib.get_close_matches(words, MARKERS, n=1, cutoff=ALIKE)
    if close and (begins or match[1] == words):
        return [f"{line.strip()!r} looks like a misspelt '### {close[0]}'"]
    return []

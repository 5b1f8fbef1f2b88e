"""Mutants that no test rejects: those that may survive, and what to do about the others.

`solutions/NN_name/mutants.toml` lists the mutants that are no mistakes, with the reason:

    [[equivalent]]
    exercise = "thin_svd"
    before = "if A.shape[0] < A.shape[1]:"
    after = ["if A.shape[0] <= A.shape[1]:"]
    reason = "A square matrix may be solved either way."

Where the exercise has several statements that read `before`, `nth = 2` names the second. The list
stays true: a mutant in it that dies, or that is none, is a problem as much as a new survivor.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from typing import Annotated

import msgspec

from autograder.errors import CourseError
from autograder.mutants import Mutant, name_of, spelled

NAME = "mutants.toml"
MIN_KILLED = 0.97  # of all mutants of a section, the excused included

Text = Annotated[str, msgspec.Meta(min_length=1)]


class Equivalent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry of the list: mutants of one statement that are no mistakes, for one reason."""

    exercise: Text
    before: Text
    after: Annotated[list[Text], msgspec.Meta(min_length=1)]
    reason: Text
    nth: int = 1

    def names(self) -> Iterator[str]:
        """What its mutants are called."""
        for after in self.after:
            yield name_of(self.exercise, self.before, after, self.nth)


class _File(msgspec.Struct, forbid_unknown_fields=True):
    equivalent: list[Equivalent] = []


def load(path: Path) -> list[Equivalent]:
    """The list that a file holds; where there is no file, nothing is excused.

    Raises
    ------
    CourseError
        If the file cannot be read as such a list.
    """
    try:
        entries = msgspec.toml.decode(path.read_bytes(), type=_File).equivalent
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CourseError(f"{path}: cannot be read ({error.strerror})") from error
    except msgspec.DecodeError as error:
        raise CourseError(f"{path}: {error}. docs/authoring.md says how to write it.") from error
    return [_spelled(path, entry) for entry in entries]


def _spelled(path: Path, entry: Equivalent) -> Equivalent:
    """With lines as this version of Python spells them, however they are written."""
    try:
        return msgspec.structs.replace(
            entry, before=spelled(entry.before), after=[spelled(line) for line in entry.after]
        )
    except (SyntaxError, IndexError) as error:
        raise CourseError(
            f"{path}: {entry.exercise}: each of `before` and `after` should be the first line of a "
            f"statement, but one of {[entry.before, *entry.after]} is not."
        ) from error


def problems(mutants: Iterable[Mutant], survived: Set[str], listed: list[Equivalent]) -> list[str]:
    """Survivors that are not listed, and what is listed but does not survive."""
    known = {mutant.name: mutant for mutant in mutants}
    excused = [name for entry in listed for name in entry.names()]
    new = [_new(mutant) for name, mutant in known.items() if name in survived - {*excused}]
    return new + [_not_so(name, known) for name in excused if name not in survived]


def _new(mutant: Mutant) -> str:
    return "\n".join(
        (
            f"{mutant.exercise}: no test rejects this mutant of its solution:",
            *(f"    {line}" for line in _diff(mutant)),
            "  Strengthen a test or simplify the solution. If it is no mistake, say why in the "
            f"section's {NAME}:",
            *(f"    {line}" for line in _entry(mutant)),
        )
    )


def _diff(mutant: Mutant) -> list[str]:
    """A short unified diff without the names of files."""
    before, after = mutant.original.splitlines(), mutant.source.splitlines()
    return list(difflib.unified_diff(before, after, n=1, lineterm=""))[2:]


def _entry(mutant: Mutant) -> Iterator[str]:
    """What to add to the list, short of the reason."""
    yield "[[equivalent]]"
    yield f"exercise = {_quoted(mutant.exercise)}"
    yield f"before = {_quoted(mutant.before)}"
    if mutant.nth > 1:
        yield f"nth = {mutant.nth}"
    yield f"after = [{_quoted(mutant.after)}]"
    yield 'reason = ""'


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()  # a JSON string is a TOML string


def _not_so(name: str, known: dict[str, Mutant]) -> str:
    if name in known:
        return f"{name}: {NAME} says that it is no mistake, but a test rejects it. Take it away."
    close = difflib.get_close_matches(name, known, n=1)
    guess = f" The closest is {close[0]}." if close else ""
    return f"{name}: {NAME} lists it, but there is no such mutant. Mend the entry.{guess}"

"""82. Hands in archives with names that are there twice, or differ in capitals or accents only.

Verdict: nothing is guessed and nobody's work is replaced: such members are refused and named. The
others are collected and graded.
"""

import warnings
from pathlib import Path

from hostile import SVD, Upload, tarred, zipped

NOTEBOOK = f"{SVD}.ipynb"
TWICE = [
    ("twice", NOTEBOOK, NOTEBOOK),
    ("capitals", NOTEBOOK, NOTEBOOK.upper()),
    ("dotted", NOTEBOOK, f"./{NOTEBOOK}"),
    ("doubled", NOTEBOOK, f"/{NOTEBOOK}"),
    ("slashes", f"a/{NOTEBOOK}", f"a\\{NOTEBOOK}"),
    ("accents", "\u00e9.ipynb", "e\u0301.ipynb"),
    ("sharp", "stra\u00dfe.ipynb", "STRASSE.ipynb"),
]


def put(folder: Path, honest: bytes) -> None:
    other = honest.replace(b"Vt", b"tV")
    members = [
        (f"{student}/{name}", data)
        for student, *names in TWICE
        for name, data in zip(names, (honest, other), strict=True)
    ]
    students = [(f"{name}/{NOTEBOOK}", other) for name in ("HONEST", "Anna", "anna", "ANNA")]
    students += [(f"{name}/{NOTEBOOK}", other) for name in ("Rene\u0301", "Ren\u00e9", "honest")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a name is there twice
        inner = zipped([(NOTEBOOK, honest), (NOTEBOOK, other)])
        made = [*members, *students, ("packed.zip", inner), (f"zoe/{NOTEBOOK}", honest)]
        (folder / "class.zip").write_bytes(zipped(made))
    made = [(f"tar-{name}", data) for name, data in members]
    (folder / "class.tar.gz").write_bytes(tarred([*made, (f"yan/{NOTEBOOK}", honest)]))
    (folder / "later.zip").write_bytes(zipped([(f"HONEST/{NOTEBOOK}", other)]))
    (folder / "other.zip").write_bytes(zipped([(f"honest/{NOTEBOOK}", other)]))


ONCE = "is there more than once, capitals aside. None of them is read: ask for one"
ATTACK = Upload(
    put=put,
    packed=True,
    scores={"zoe": 31, "yan": 31},
    reports=(
        *(rf"class.zip > {student}/\S*: {ONCE}\. So it is with 1 more" for student, *_ in TWICE),
        *(rf"class.tar.gz > tar-{student}/\S*: {ONCE}\. So it" for student, *_ in TWICE),
        *(f"class.zip > {student}/{NOTEBOOK}: {ONCE}"
          for student in ("HONEST", "honest", "Anna", "anna", "ANNA", "Ren\u00e9")),
        f"class.zip > packed.zip > {NOTEBOOK}: {ONCE}",
        "later.zip > HONEST: differs from honest in its capitals only",
        f"other.zip > honest/{NOTEBOOK}: is another one than in submitted/honest/{SVD}",
    ),
)  # fmt: skip

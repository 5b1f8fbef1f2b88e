"""83. Hands in archives whose names are not Unicode, command a terminal, turn the reading
direction, or have no end.

Verdict: refused with the reason, in words that can be printed. The others are collected and graded.
"""

from pathlib import Path

from hostile import SVD, Upload, tarred, zipped

NOTEBOOK = f"{SVD}.ipynb"
NAMES = {
    "escape": "\x1b[2J\x1b]0;owned\x07",
    "eight-bit": "\x9b2J",
    "newline": "a\nhonest: 0 of 31 points",
    "return": "a\rhonest",
    "turned": "a\u202eipynb",
    "isolated": "\u2066a",
    "invisible": "a\u200bb",
    "tags": "a\U000e0041",
    "private": "\ue000",
    "noncharacter": "\uffff",
    "null": "a~b",
    "endless": "x" * 60_000,
    "deep": "x/" * 30_000,
}


def put(folder: Path, honest: bytes) -> None:
    members = [(f"{key}/{name}/{NOTEBOOK}", honest) for key, name in NAMES.items()]
    members += [(f"{name}-{key}/{NOTEBOOK}", honest) for key, name in NAMES.items()]
    whole = zipped([*members, (f"anna/{NOTEBOOK}", honest)])
    (folder / "class.zip").write_bytes(whole.replace(b"a~b", b"a\0b"))  # Python cuts names there
    broken = [(f"surrogate\udcff/{NOTEBOOK}", honest), (f"s/\udce2\udc80/{NOTEBOOK}", honest)]
    short = [member for member in members if len(member[0]) < 1000 and "~" not in member[0]]
    whole = tarred([*short, *broken, (f"zoe/{NOTEBOOK}", honest)])
    (folder / "class.tar.gz").write_bytes(whole)
    (folder / "long.tar.gz").write_bytes(tarred([*members, (f"yan/{NOTEBOOK}", honest)]))
    flagged = zipped([("\u00e9/a.ipynb", honest)]).replace("\u00e9".encode(), b"\xff\xfe")
    (folder / "flagged.zip").write_bytes(flagged)
    (folder / "archive\x1b[2J\u202e.zip").write_bytes(b"PK")


PRINTED = "has characters in its name that cannot be printed"
ATTACK = Upload(
    put=put,
    packed=True,
    scores={"anna": 31, "zoe": 31},
    reports=(
        *(rf"{archive} > {key}/.*: {PRINTED}" for archive in ("class.zip", "class.tar.gz")
          for key in NAMES if key not in ("endless", "deep", "null")),
        *(rf"class.zip > .*-{key}/\S*: {PRINTED}" for key in NAMES
          if key not in ("endless", "deep")),
        rf"class.zip > null/a\\x00b/{NOTEBOOK}: {PRINTED}",
        r"class.zip > endless/x+\.\.\.: has more than 1,000 characters in its name",
        r"class.zip > deep/(x/)+x?\.\.\.: has more than 1,000 characters in its name",
        r"class.tar.gz > surrogate.*: has a name that is not Unicode",
        "long.tar.gz: has headers so large that no honest program writes them",
        "flagged.zip: is damaged or cut off",
        r"archive\\x1b\[2J\\u202e.zip: is damaged or cut off",
    ),
)  # fmt: skip

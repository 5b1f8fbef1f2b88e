"""94. Hands in notebooks of 100 MB, and smaller ones made to be as much work as possible.

Verdict: nothing larger than 20 MB is read. What is smaller and has too many or too large cells is
rejected with the reason. The others of the class are graded.
"""

import os
from pathlib import Path

import msgspec

from hostile import SVD, Upload

CELL = b'{"cell_type":"code","source":""}'


def put(folder: Path, honest: bytes) -> None:
    def hand_in(student: str, data: bytes) -> Path:
        path = folder / student / SVD / f"{SVD}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        return path

    def with_cell(**fields: object) -> bytes:
        notebook = msgspec.json.decode(honest)
        notebook["cells"].append({"cell_type": "code", "metadata": {}, "source": ""} | fields)
        return msgspec.json.encode(notebook)

    os.truncate(hand_in("sparse", honest), 100_000_000)
    os.truncate(hand_in("terabyte", b""), 2**40)
    path = hand_in("true", b'{"cells":[' + b",".join([CELL] * 600_000))
    with path.open("ab") as file:
        for _ in range(4):
            file.write(b" " * 20_000_000)
        file.write(b'],"nbformat":4}')
    hand_in("cells", b'{"cells":[' + b",".join([CELL] * 500_000) + b'],"nbformat":4}')
    hand_in("source", with_cell(source="#" * 19_000_000))
    hand_in("lines", with_cell(source=["\n"] * 3_000_000))
    hand_in("outputs", with_cell(outputs=[{"a": "a" * 19_000_000}]))
    hand_in("id", with_cell(id="a" * 19_000_000))
    hand_in("keys", with_cell(metadata={str(i): {} for i in range(900_000)}))


LARGE = "more than the 20 MB that it may have. Clear its outputs in JupyterLab"
ATTACK = Upload(
    put=put,
    scores={"outputs": 31, "keys": 31, "id": 31},
    reports=(
        rf"submitted/sparse/\S*: has 100 MB, {LARGE}",
        rf"submitted/terabyte/\S*: has 1.1e\+06 MB, {LARGE}",
        rf"submitted/true/\S*: has 99.\d MB, {LARGE}",
        r"submitted/cells/\S*: 500,000 cells are more than a notebook may have",
        r"submitted/source/\S*: [\d,]+ characters of code in one cell are more than",
        r"submitted/lines/\S*: [\d,]+ characters of code in one cell are more than",
    ),
)

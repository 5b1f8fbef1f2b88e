r"""79. Hands in archives whose members are called `../..`, `/tmp/...` or `C:\...`.

Verdict: a member of such a name is refused and named. Nothing is written but the notebooks of the
others, who are collected and graded.
"""

from pathlib import Path

from hostile import SVD, Upload, tarred, zipped

NOTEBOOK = f"{SVD}.ipynb"
UP = "has .. in its name"
ABSOLUTE = "has an absolute path for a name"
NAMES = {
    "../hostile-79.ipynb": UP,
    "../../../../../../../../tmp/hostile-79.ipynb": UP,
    f"eve/../honest/{SVD}/{NOTEBOOK}": UP,
    f"../submitted/honest/{SVD}/{NOTEBOOK}": UP,
    f"../source/{SVD}/{NOTEBOOK}": UP,
    "eve/./../../hostile-79.ipynb": UP,
    "eve\\..\\..\\hostile-79.ipynb": UP,
    "..\\hostile-79.ipynb": UP,
    "../gradebook.db.zip": UP,
    "/tmp/hostile-79.ipynb": ABSOLUTE,
    "//tmp/hostile-79.ipynb": ABSOLUTE,
    "\\tmp\\hostile-79.ipynb": ABSOLUTE,
    "C:\\hostile-79.ipynb": ABSOLUTE,
    "c:hostile-79.ipynb": ABSOLUTE,
    "\\\\server\\share\\hostile-79.ipynb": ABSOLUTE,
}
NOBODY = [f"./{NOTEBOOK}", f".hidden-79/{NOTEBOOK}", f"{SVD}/{NOTEBOOK}", f"*/{NOTEBOOK}"]


def put(folder: Path, honest: bytes) -> None:
    members = [(name, b"{}") for name in (*NAMES, *NOBODY)]
    inner = [(name, b"{}") for name in NAMES]
    first, last = (f"anna/{NOTEBOOK}", honest), (f"zoe/{NOTEBOOK}", honest)
    (folder / "class.zip").write_bytes(zipped([first, *members, ("eve.zip", zipped(inner)), last]))
    (folder / "class.tar.gz").write_bytes(tarred([*members, ("mallory.tgz", tarred(inner))]))


ATTACK = Upload(
    put=put,
    packed=True,
    scores={"anna": 31, "zoe": 31},
    reports=(
        *(rf"{archive} > \.\./hostile-79\.ipynb: {UP}\. It is not read.* with {count} more"
          for archive, count in (("class.zip", 5), ("class.tar.gz", 5),
                                 ("class.zip > eve.zip", 8), ("class.tar.gz > mallory.tgz", 8))),
        *(rf"{archive} > eve/\.\./honest/{SVD}/{NOTEBOOK}: {UP}"
          for archive in ("class.zip", "class.tar.gz")),
        *(rf"{archive} > /tmp/hostile-79.ipynb: {ABSOLUTE}.* with {count} more"
          for archive, count in (("class.zip", 3), ("class.tar.gz", 3), ("eve.zip", 5))),
        rf"C:\\hostile-79.ipynb: {ABSOLUTE}",
        rf"c:hostile-79.ipynb: {ABSOLUTE}",
        rf"class.zip > {NOTEBOOK}: does not tell whose it is.* with 1 more",
        r"class.zip > \*: has one of .* which mean something else to nbgrader",
    ),
)  # fmt: skip

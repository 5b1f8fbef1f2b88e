"""81. Hands in archives whose members are devices, pipes and sockets called like a notebook.

Verdict: refused and named; nothing is opened that would wait or never end. The others are
collected and graded.
"""

import os
import socket
import stat
import tarfile
import zipfile
from pathlib import Path

from hostile import SVD, Upload, tarred, zipped

NOTEBOOK = f"{SVD}.ipynb"
TAR = {
    "character": tarfile.CHRTYPE,
    "block": tarfile.BLKTYPE,
    "pipe": tarfile.FIFOTYPE,
    "folder": tarfile.DIRTYPE,
    "unknown": b"Z",
}
ZIP = {
    "character": stat.S_IFCHR,
    "block": stat.S_IFBLK,
    "pipe": stat.S_IFIFO,
    "socket": stat.S_IFSOCK,
}


def in_tar(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(f"t-{name}/{NOTEBOOK}")
    info.type, info.devmajor, info.devminor = kind, 1, 5  # /dev/zero
    return info


def in_zip(name: str, kind: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"z-{name}/{NOTEBOOK}")
    info.create_system, info.external_attr = 3, (kind | 0o666) << 16
    return info


def put(folder: Path, honest: bytes) -> None:
    devices = [(in_tar(name, kind), b"") for name, kind in TAR.items()]
    (folder / "class.tar.gz").write_bytes(tarred([*devices, (f"zoe/{NOTEBOOK}", honest)]))
    others = [(in_zip(name, kind), honest) for name, kind in ZIP.items()]
    others += [(f"z-folder/{NOTEBOOK}/", b"")]
    (folder / "class.zip").write_bytes(zipped([*others, (f"anna/{NOTEBOOK}", honest)]))
    os.mkfifo(folder / "pipe.zip")
    (folder / "folder.zip").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(folder)  # an address has 108 bytes at most
        server.bind("socket.zip")
        os.chdir(here)


DEVICE = "is a pipe, a socket or a device, not a file"
ATTACK = Upload(
    put=put,
    packed=True,
    scores={"anna": 31, "zoe": 31},
    reports=(
        *(f"class.tar.gz > t-{name}/{NOTEBOOK}: {DEVICE}" for name in TAR if name != "folder"),
        *(f"class.zip > z-{name}/{NOTEBOOK}: {DEVICE}" for name in ZIP),
        *(f"{name}.zip: is not a regular file" for name in ("pipe", "folder", "socket")),
    ),
)

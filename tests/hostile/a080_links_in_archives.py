"""80. Hands in archives with symbolic and hard links: to secrets, to others' work, and upwards.

Verdict: no link is followed or made; each is refused and named. The others are collected and
graded.
"""

import stat
import tarfile
import zipfile
from pathlib import Path

from hostile import SVD, Upload, tarred, zipped

NOTEBOOK = f"{SVD}.ipynb"
TARGETS = {
    "passwd": "/etc/passwd",
    "zero": "/dev/zero",
    "other": f"../honest/{SVD}/{NOTEBOOK}",
    "source": f"../../source/{SVD}/{NOTEBOOK}",
    "itself": NOTEBOOK,
    "secret": "../../secret.txt",
}


def in_tar(student: str, target: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(f"{student}/{NOTEBOOK}")
    info.type, info.linkname = kind, target
    return info


def in_zip(student: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"{student}/{NOTEBOOK}")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


def put(folder: Path, honest: bytes) -> None:
    up = tarfile.TarInfo("up")
    up.type, up.linkname = tarfile.SYMTYPE, "../../.."
    links = [
        *((in_tar(f"s-{name}", target, tarfile.SYMTYPE), b"") for name, target in TARGETS.items()),
        *((in_tar(f"h-{name}", target, tarfile.LNKTYPE), b"") for name, target in TARGETS.items()),
        (up, b""),
        ("up/hostile-80/hostile-80.ipynb", honest),  # through the link
        (in_tar("eve", "/tmp", tarfile.SYMTYPE), b""),
        (f"eve/{NOTEBOOK}", honest),  # in place of the link
        (f"zoe/{NOTEBOOK}", honest),
    ]
    (folder / "class.tar.gz").write_bytes(tarred(links))
    packed = [(in_zip(f"z-{name}"), target.encode()) for name, target in TARGETS.items()]
    (folder / "class.zip").write_bytes(zipped([*packed, (f"anna/{NOTEBOOK}", honest)]))
    (folder / "endless.zip").symlink_to("/dev/zero")
    (folder / "elsewhere.zip").symlink_to(folder / "class.zip")


LINK = "link, and links are not followed. Ask for the file itself"
ATTACK = Upload(
    put=put,
    packed=True,
    scores={"anna": 31, "up": 31, "zoe": 31},
    reports=(
        *(f"class.tar.gz > s-{name}/{NOTEBOOK}: is a symbolic {LINK}" for name in TARGETS),
        *(f"class.tar.gz > h-{name}/{NOTEBOOK}: is a hard {LINK}" for name in TARGETS),
        *(f"class.zip > z-{name}/{NOTEBOOK}: is a symbolic {LINK}" for name in TARGETS),
        f"class.tar.gz > up: is a symbolic {LINK}",
        f"class.tar.gz > eve/{NOTEBOOK}: is there more than once",
        "endless.zip: is a symbolic link or lies behind one",
        "elsewhere.zip: is a symbolic link or lies behind one",
    ),
)

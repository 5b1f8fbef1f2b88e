"""78. Hands in archives that unpack to gigabytes: overlapping, nested, repeated and lying ones.

Verdict: refused with the reason before the memory or the disk is taken; the others of the class
are collected and graded.
"""

import bz2
import gzip
import lzma
import struct
from pathlib import Path

from hostile import SVD, Upload, zipped

NOTEBOOK = f"{SVD}.ipynb"
MB = 1_000_000


def overlapping(count: int) -> bytes:
    """Many members that are one and the same piece of zeros."""
    data = zipped([(NOTEBOOK, bytes(10 * MB))])
    at = data.index(b"PK\x01\x02")
    entry = data[at : at + 46 + len(NOTEBOOK)]
    names = (f"{i:0{len(NOTEBOOK) - 6}d}.ipynb".encode() for i in range(count))
    entries = b"".join(entry.replace(NOTEBOOK.encode(), name) for name in names)
    return data[:at] + entries + struct.pack(
        "<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(entries), at, 0
    )  # fmt: skip


def lying() -> bytes:
    """Says that it holds 1000 bytes."""
    sizes = struct.pack("<I", 10 * MB), struct.pack("<I", 1000)
    return zipped([(NOTEBOOK, bytes(10 * MB))]).replace(*sizes)


def nested(depth: int) -> bytes:
    data = zipped([(NOTEBOOK, bytes(19 * MB))])
    for _ in range(depth):
        data = zipped((f"{i}.zip", data) for i in range(10))
    return data


def directory(count: int) -> bytes:
    """A directory of members that are not there."""
    entries = (b"PK\x01\x02" + bytes(42) + b"a") * count
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 65535, 65535, len(entries), 0, 0)
    return entries + end


def tar_header(kind: bytes, size: int) -> bytes:
    header = bytearray(512)
    header[:5], header[257:263], header[156:157] = b"a.txt", b"ustar\0", kind
    header[124:136] = b"%011o\0" % size
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


def put(folder: Path, honest: bytes) -> None:
    zeros = bytes(10 * MB)
    bombs = {
        "overlapping.zip": overlapping(900),
        "lying.zip": lying(),
        "nested.zip": nested(3),
        "directory.zip": directory(300_000),
        "repeated.tar.gz": gzip.compress(zeros) * 50,
        "repeated.tar.bz2": bz2.compress(zeros) * 50,
        "repeated.tar.xz": lzma.compress(zeros, preset=1) * 50,
        "long-header.tar": tar_header(b"x", 8**11 - 1),
        "headers.tar.gz": gzip.compress(tar_header(b"L", 512) * 300_000),
        "sparse.tar": tar_header(b"S", 0) + bytes(10_000),
    }
    packed = [(f"eve-{i}/{name}", data) for i, (name, data) in enumerate(bombs.items())]
    students = [(f"{student}/{NOTEBOOK}", honest) for student in ("anna", "zoe")]
    (folder / "class.zip").write_bytes(zipped([*students[:1], *packed, *students[1:]]))
    for name, data in bombs.items():
        (folder / name).write_bytes(data)


BOMB = "unpacks to more than 100 times its size, as only bombs do. It is not read"
HEADERS = "has headers so large that no honest program writes them"
REASONS = {
    r"overlapping\.zip": "has members that overlap, as only bombs have",
    rf"lying\.zip > {NOTEBOOK}": "is damaged or cut off",
    r"nested\.zip > 0\.zip": "is an archive in an archive in an archive",
    r"directory\.zip": HEADERS,
    r"repeated\.tar\.gz": BOMB,
    r"repeated\.tar\.bz2": BOMB,
    r"repeated\.tar\.xz": BOMB,
    r"long-header\.tar": HEADERS,
    r"headers\.tar\.gz": BOMB,
    r"sparse\.tar > a\.txt": "is stored as a sparse file",
}
ATTACK = Upload(
    put=put,
    packed=True,
    scores={"anna": 31, "zoe": 31},
    reports=tuple(rf"class\.zip > eve-\d/{name}: {why}" for name, why in REASONS.items()),
)

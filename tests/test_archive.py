"""Archives made to hurt are refused in one sentence, before they take memory or time."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import resource
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder import archive
from autograder.archive import Archive, Member
from autograder.errors import SubmissionError

MB = 1_000_000


def opened(path: Path) -> Archive:
    return archive.opened(io.FileIO(path))


def members(path: Path) -> dict[str, str]:
    """Each member's oddity."""
    with opened(path) as found:
        return {member.name: member.oddity for member in found.members}


def zipped(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return path


def tarred(path: Path, files: dict[str, bytes], mode: str = "w", **fields: Any) -> Path:
    with tarfile.open(path, mode) as made:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for field, value in fields.items():
                setattr(info, field, value)
            made.addfile(info, io.BytesIO(data))
    return path


def patched(path: Path, old: bytes, new: bytes) -> Path:
    """The same archive with some of its bytes replaced, wherever they stand."""
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(SubmissionError) as caught:
        opened(path)
    return str(caught.value)


def unread(path: Path, limit: int = 20 * MB) -> str:
    """What is said of the first member when it is read."""
    with opened(path) as found, pytest.raises(SubmissionError) as caught:
        found.read(found.members[0], limit)
    return str(caught.value)


def first_content(path: Path) -> bytes:
    with opened(path) as found:
        return found.read(found.members[0], MB)


# --- Honest archives ----------------------------------------------------------------------------

FILES = {"ada/a.ipynb": b"{}" * 50_000, "ada/empty": b"", "Zoé/ü.ipynb": b"x"}
KINDS = {
    "a.zip": lambda path: zipped(path, FILES),
    "stored.zip": lambda path: zipped(path, FILES, zipfile.ZIP_STORED),
    "a.tar": lambda path: tarred(path, FILES),
    "a.tar.gz": lambda path: tarred(path, FILES, "w:gz"),
    "a.tar.bz2": lambda path: tarred(path, FILES, "w:bz2"),
    "a.tar.xz": lambda path: tarred(path, FILES, "w:xz"),
}


@pytest.mark.parametrize("name", KINDS)
def test_an_honest_archive_gives_what_was_packed(name: str, tmp_path: Path) -> None:
    with opened(KINDS[name](tmp_path / name)) as found:
        assert {m.name: found.read(m, MB) for m in found.members} == FILES
        with found.unpack(found.members[0], MB) as unpacked:
            assert unpacked.read() == FILES["ada/a.ipynb"]
        assert not any(member.oddity for member in found.members)


def test_the_name_of_the_file_does_not_tell_what_it_is(tmp_path: Path) -> None:
    assert len(members(tarred(tmp_path / "a.zip", FILES))) == 3
    assert len(members(zipped(tmp_path / "a.tar", FILES))) == 3


def test_folders_are_no_members(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.mkdir("ada")
    assert not members(path)
    assert not members(tarred(tmp_path / "a.tar", {"ada": b""}, type=tarfile.DIRTYPE))


@pytest.mark.parametrize(
    ("packed", "plain"),
    [
        ("./ada/a.ipynb", "ada/a.ipynb"),
        ("ada//a.ipynb", "ada/a.ipynb"),
        ("ada\\work\\a.ipynb", "ada/work/a.ipynb"),
        ("Zoe\u0301/a.ipynb", "Zoé/a.ipynb"),
    ],
)
def test_names_are_written_in_one_way(packed: str, plain: str, tmp_path: Path) -> None:
    assert members(zipped(tmp_path / "a.zip", {packed: b""})) == {plain: ""}
    assert members(tarred(tmp_path / "a.tar", {packed: b""})) == {plain: ""}


def test_a_zip_of_macos_that_forgets_to_say_that_it_is_utf_8(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"Zo\u00e9.ipynb": b""})
    data = bytearray(path.read_bytes())
    for at in (6, data.index(b"PK\x01\x02") + 8):  # the flags, here and in the directory
        data[at : at + 2] = b"\0\0"
    path.write_bytes(data)
    assert members(path) == {"Zoé.ipynb": ""}


# --- Names --------------------------------------------------------------------------------------

ODD_NAMES = {
    "../../etc/passwd": "has .. in its name",
    "ada/../../bob/a.ipynb": "has .. in its name",
    "ada\\..\\bob\\a.ipynb": "has .. in its name",
    "/etc/passwd": "has an absolute path for a name",
    "\\\\server\\share\\a": "has an absolute path for a name",
    "C:\\a.ipynb": "has an absolute path for a name",
    "c:a.ipynb": "has an absolute path for a name",
    "a\x1b[2J.ipynb": "has characters in its name that cannot be printed",
    "a\u202eipynb.exe": "has characters in its name that cannot be printed",
    "a\nb": "has characters in its name that cannot be printed",
    "x" * 1_001: "has more than 1,000 characters in its name",
}


@pytest.mark.parametrize("name", ODD_NAMES, ids=ascii)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_member_with_an_odd_name_is_not_read_and_the_others_are(
    name: str, pack: Callable[..., Path], tmp_path: Path
) -> None:
    with opened(pack(tmp_path / "archive", {name: b"x", "a.ipynb": b"y"})) as found:
        odd, good = found.members
        assert odd.oddity.startswith(ODD_NAMES[name])
        with pytest.raises(SubmissionError, match="It is not read"):
            found.read(odd, MB)
        assert found.read(good, MB) == b"y"


def test_a_null_in_a_name_does_not_hide_the_rest_of_it(tmp_path: Path) -> None:
    path = patched(zipped(tmp_path / "a.zip", {"a.ipynb~.exe": b""}), b"~", b"\0")
    assert members(path) == {
        "a.ipynb\0.exe": "has characters in its name that cannot be printed. It is not read: "
        "ask for it under another one."
    }


def test_a_name_that_is_not_unicode(tmp_path: Path) -> None:
    (oddity,) = members(tarred(tmp_path / "a.tar", {"a\udcff": b""})).values()
    assert oddity.startswith("has a name that is not Unicode")
    path = patched(zipped(tmp_path / "a.zip", {"é": b""}), "é".encode(), b"\xc3\x28")
    assert "damaged" in refusal(path)


def test_a_member_without_a_name(tmp_path: Path) -> None:
    path = patched(zipped(tmp_path / "a.zip", {"~": b""}), b"~", b"\0")
    assert members(path)["\0"].startswith("has characters in its name that cannot be printed")
    assert members(tarred(tmp_path / "a.tar", {".": b""}))["."].startswith("has no name")


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("other", ["A.ipynb", "./a.ipynb", "a.IPYNB"])
def test_of_two_members_of_one_name_none_is_read(
    pack: Callable[..., Path], other: str, tmp_path: Path
) -> None:
    path = pack(tmp_path / "archive", {"a.ipynb": b"1", other: b"2", "b.ipynb": b"3"})
    with opened(path) as found:
        oddities = [member.oddity for member in found.members]
    assert oddities[0] == oddities[1]
    assert oddities[0].startswith("is there more than once")
    assert not oddities[2]


# --- What is no file ----------------------------------------------------------------------------

LINK = "is a symbolic link, and links are not followed. Ask for the file itself."
SPECIAL = "is a pipe, a socket or a device, not a file."


@pytest.mark.parametrize(
    ("kind", "oddity"),
    [
        (tarfile.SYMTYPE, LINK),
        (tarfile.LNKTYPE, LINK.replace("symbolic", "hard")),
        (tarfile.CHRTYPE, SPECIAL),
        (tarfile.BLKTYPE, SPECIAL),
        (tarfile.FIFOTYPE, SPECIAL),
        (b"Z", SPECIAL),
    ],
)
def test_links_and_devices_in_a_tar_are_not_read(kind: bytes, oddity: str, tmp_path: Path) -> None:
    path = tarred(tmp_path / "a.tar", {"a.ipynb": b""}, type=kind, linkname="/etc/passwd")
    assert members(path) == {"a.ipynb": oddity}
    assert unread(path) == oddity


@pytest.mark.parametrize(
    ("mode", "oddity"),
    [(0o120777, LINK), (0o020666, SPECIAL), (0o060666, SPECIAL), (0o010666, SPECIAL)],
)
def test_links_and_devices_in_a_zip_are_not_read(mode: int, oddity: str, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    info = zipfile.ZipInfo("a.ipynb")
    info.external_attr = mode << 16
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(info, "/etc/passwd")
    assert unread(path) == oddity


def sparse(path: Path, headers: dict[str, str], map_text: bytes = b"") -> Path:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as made:
        info = tarfile.TarInfo("a.ipynb")
        info.size = len(map_text)
        info.pax_headers = headers
        made.addfile(info, io.BytesIO(map_text))
    return path


def test_sparse_members_are_not_read(tmp_path: Path) -> None:
    headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "a.ipynb"}
    path = sparse(
        tmp_path / "a.tar", headers | {"GNU.sparse.realsize": str(10**15)}, b"1\n0\n1\n".ljust(512)
    )
    assert "sparse" in unread(path)
    old = tarred(tmp_path / "old.tar", {"a.ipynb": b""}, type=tarfile.GNUTYPE_SPARSE)
    assert "sparse" in unread(old)


def test_a_sparse_map_without_end_is_refused(tmp_path: Path) -> None:
    headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "1"}
    path = sparse(tmp_path / "a.tar", headers, b"999999999\n" + b"0\n" * 10 * MB)
    assert "headers so large" in refusal(path)


def test_encrypted_members_are_not_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.ipynb": b"x", "b.ipynb": b"y"})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert members(path) == {
        "a.ipynb": "is encrypted. Ask for it without a password.",
        "b.ipynb": "",
    }


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_without_bound_are_not_read(method: int, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.ipynb": bytes(MB)}, method)
    assert unread(path) == "is compressed in an unusual way. Ask for an ordinary zip."


# --- Bombs --------------------------------------------------------------------------------------


def memory_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.fixture
def frugal() -> Any:
    """No more than a little memory is taken in the test."""
    before = memory_bytes()
    yield
    assert memory_bytes() - before < 150 * MB


def deflated_zeros(size: int) -> bytes:
    """What deflate makes of zeros, a thousandth of them."""
    compressor = zlib.compressobj(9, wbits=-15)
    chunk = bytes(MB)
    return b"".join(compressor.compress(chunk) for _ in range(size // MB)) + compressor.flush()


def bomb(path: Path, size: int, claimed: int | None = None, name: bytes = b"a.ipynb") -> Path:
    """A zip of one member that unpacks to zeros, and claims how many."""
    packed, crc = deflated_zeros(size), 0
    for _ in range(size // MB):
        crc = zlib.crc32(bytes(MB), crc)
    sizes = struct.pack("<III", crc, len(packed), size if claimed is None else claimed)
    local = struct.pack("<IHHHHH", 0x04034B50, 20, 0, 8, 0, 0x21) + sizes
    local += struct.pack("<HH", len(name), 0) + name + packed
    central = struct.pack("<IHHHHHH", 0x02014B50, 20, 20, 0, 8, 0, 0x21) + sizes
    central += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, len(central), len(local), 0)
    path.write_bytes(local + central + end)
    return path


def test_a_bomb_is_refused_by_the_size_that_it_claims(tmp_path: Path, frugal: None) -> None:
    path = bomb(tmp_path / "a.zip", 200 * MB)
    assert path.stat().st_size < 0.25 * MB
    assert unread(path) == "has 200 MB, more than the 20 MB that it may have."


def test_a_bomb_that_lies_about_its_size_gives_no_more_than_it_claims(
    tmp_path: Path, frugal: None
) -> None:
    assert "damaged" in unread(bomb(tmp_path / "a.zip", 200 * MB, claimed=5))
    assert "damaged" in unread(bomb(tmp_path / "b.zip", MB, claimed=5 * MB))


def test_an_archive_in_an_archive_that_is_a_bomb_is_refused_by_its_ratio(
    tmp_path: Path, frugal: None
) -> None:
    path = bomb(tmp_path / "a.zip", 90 * MB)
    with opened(path) as found, pytest.raises(SubmissionError, match="100 times its size"):
        found.unpack(found.members[0], 100 * MB)


@pytest.mark.parametrize(
    "compress", [gzip.compress, bz2.compress, lzma.compress], ids=["gz", "bz2", "xz"]
)
def test_a_compressed_tar_that_is_a_bomb_is_refused_by_its_ratio(
    compress: Callable[[bytes], bytes], tmp_path: Path, frugal: None
) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(compress(bytes(20 * MB)) * 250)  # 5 GB
    assert path.stat().st_size < 6 * MB
    assert "100 times its size" in refusal(path)


def test_an_archive_that_unpacks_to_more_than_there_is_room_for_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 3 * MB)
    content = random.Random(0).randbytes(2 * MB)
    assert "unpacks to more than" in refusal(tarred(tmp_path / "a.tgz", {"a": content * 2}, "w:gz"))
    path = zipped(tmp_path / "a.zip", {"a": content, "b": content})
    with opened(path) as found:
        assert found.read(found.members[0], 2 * MB) == content
        with pytest.raises(SubmissionError, match="unpacks to more than"):
            found.read(found.members[1], 2 * MB)


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    """As in a better zip bomb: hundreds of names for one kernel, gigabytes in a few kilobytes."""
    path = bomb(tmp_path / "a.zip", 10 * MB)
    data = path.read_bytes()
    at = data.index(b"PK\x01\x02")
    entry = data[at : at + 46 + len("a.ipynb")]
    central = b"".join(entry.replace(b"a.ipynb", b"a%03d.nb" % i) for i in range(300))
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 300, 300, len(central), at, 0)
    path.write_bytes(data[:at] + central + end)
    assert len(zipfile.ZipFile(path).infolist()) == 300
    assert path.stat().st_size < 30_000
    assert "overlap" in refusal(path)


def test_members_that_reach_into_the_directory_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.ipynb": b"x" * 10}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 20 : at + 24] = struct.pack("<I", 1000)
    path.write_bytes(data)
    assert "overlap" in refusal(path)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_too_many_members_are_refused(
    pack: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 50)
    assert len(members(pack(tmp_path / "good", {str(i): b"" for i in range(50)}))) == 50
    assert "more than 10,000 files" in refusal(
        pack(tmp_path / "bad", {str(i): b"" for i in range(51)})
    )


def test_a_directory_of_millions_is_refused_before_it_is_read(tmp_path: Path, frugal: None) -> None:
    entry = struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, *(0,) * 16)
    central = entry * 400_000
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 65535, 65535, len(central), 4, 0)
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04" + central + end)
    assert "headers so large" in refusal(path)


# --- Headers ------------------------------------------------------------------------------------


def header(size: int, kind: bytes, name: str = "x") -> bytes:
    """A tar header that claims a size, which may be negative."""
    info = tarfile.TarInfo(name)
    info.type = kind
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    number = size.to_bytes(12, "big", signed=True)
    block[124:136] = (b"\x80" + number[1:]) if size >= 0 else number
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


HEADERS = {
    "a pax header of 8 GB": header(8 << 30, tarfile.XHDTYPE),
    "a pax header of 64 KB": header(1 << 16, tarfile.XHDTYPE) + b"9" * (1 << 16),
    "a long name of 8 GB": header(8 << 30, tarfile.GNUTYPE_LONGNAME),
    "a long link of 8 GB": header(8 << 30, tarfile.GNUTYPE_LONGLINK),
    "a chain of headers": (header(512, tarfile.XHDTYPE) + b"10 a=bcde\n".ljust(512, b"\0")) * 2000,
    "a chain of names": (header(512, tarfile.GNUTYPE_LONGNAME) + b"a".ljust(512, b"\0")) * 2000,
    "a header of minus one": header(-1, tarfile.XHDTYPE),
    "a name of minus 512": header(-512, tarfile.GNUTYPE_LONGNAME),
    "a file of minus 1024": header(-1024, tarfile.REGTYPE),
    "a file of minus 512": header(-512, tarfile.REGTYPE),
    "a file without end": header(1 << 60, tarfile.REGTYPE),
    "a file that is cut off": header(5000, tarfile.REGTYPE) + bytes(100),
    "a pax header of nonsense": header(512, tarfile.XHDTYPE) + b"\xff" * 512,
    "a size that is text": header(512, tarfile.XHDTYPE)
    + b"16 size=abcdefg\n".ljust(512, b"\0")
    + header(0, tarfile.REGTYPE),
    "rubbish after a member": header(0, tarfile.REGTYPE) + b"?" * 1024,
    "no end": header(0, tarfile.REGTYPE),
}


@pytest.mark.parametrize("data", HEADERS.values(), ids=HEADERS)
def test_headers_that_lie_are_refused(data: bytes, tmp_path: Path, frugal: None) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(data)
    assert refusal(path).startswith(
        ("is damaged or cut off.", "has headers so large", "holds more")
    )


@pytest.mark.parametrize("style", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_name_of_64_kb_is_refused_before_it_is_read(style: int, tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w", format=style) as made:
        made.addfile(tarfile.TarInfo("x" * 65_000))
    assert "headers so large" in refusal(path)


def test_long_pax_headers_cost_no_more_than_their_ration(tmp_path: Path, frugal: None) -> None:
    header_bytes = archive.MAX_TAR_HEADER_BYTES
    one = header(header_bytes, tarfile.XHDTYPE) + b"10 a=bcde\n" + b"\0" * (header_bytes - 10)
    path = tmp_path / "a.tar"
    path.write_bytes((one + header(0, tarfile.REGTYPE)) * 3000)
    assert "headers so large" in refusal(path)


# --- Damage -------------------------------------------------------------------------------------

NO_ARCHIVES = {
    "nothing": (b"", "is neither a zip nor a tar"),
    "text": (b"my homework " * 100, "is neither a zip nor a tar"),
    "a notebook": (b'{"cells": []}', "is neither a zip nor a tar"),
    "a notebook, compressed": (gzip.compress(b"{}" * 1000), "is neither a zip nor a tar"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(100), "is a 7z archive. Ask for a zip."),
    "RAR": (b"Rar!\x1a\x07\x01\0" + bytes(100), "is a RAR archive. Ask for a zip."),
    "the start of a zip": (b"PK\x03\x04" + bytes(100), "is damaged or cut off"),
    "the start of a gzip": (b"\x1f\x8b\x08" + bytes(100), "is damaged or cut off"),
    "the start of a bzip2": (b"BZh9" + bytes(100), "is damaged or cut off"),
    "the start of an xz": (b"\xfd7zXZ\0" + bytes(100), "is damaged or cut off"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_ARCHIVES)
def test_what_is_no_archive_is_refused(name: str, tmp_path: Path) -> None:
    data, message = NO_ARCHIVES[name]
    (tmp_path / "a").write_bytes(data)
    assert message in refusal(tmp_path / "a")


@pytest.mark.parametrize("name", KINDS)
def test_a_cut_off_archive_is_refused(name: str, tmp_path: Path) -> None:
    path = KINDS[name](tmp_path / name)
    os.truncate(path, path.stat().st_size * 2 // 3 if name != "a.tar" else 101_000)
    assert "damaged or cut off" in refusal(path)


def test_a_member_that_is_damaged_costs_itself_only(tmp_path: Path) -> None:
    files = {"a.ipynb": b"AAAA", "b.ipynb": b"BBBB"}
    path = patched(zipped(tmp_path / "a.zip", files, zipfile.ZIP_STORED), b"AAAA", b"AABA")
    with opened(path) as found:
        with pytest.raises(SubmissionError, match="damaged"):
            found.read(found.members[0], MB)
        assert found.read(found.members[1], MB) == b"BBBB"


@pytest.mark.parametrize("name", KINDS)
def test_a_damaged_archive_is_read_or_refused(name: str, tmp_path: Path) -> None:
    """Whatever bytes are changed: members of a bounded size, or one sentence."""
    files = {f"{i}/a.ipynb": b"some text %d" % i for i in range(3)}
    mode = {"a.tar.gz": "w:gz", "a.tar.bz2": "w:bz2", "a.tar.xz": "w:xz"}.get(name, "w")
    path = tmp_path / name
    if name.endswith("zip"):
        zipped(path, files, zipfile.ZIP_STORED if name == "stored.zip" else zipfile.ZIP_DEFLATED)
    else:
        tarred(path, files, mode)
    good, rng = path.read_bytes(), random.Random(name)
    for _ in range(400):
        bad = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            bad[rng.randrange(min(len(bad), 3000))] = rng.choice((0, 255, rng.randrange(256)))
        path.write_bytes(bad)
        try:
            with opened(path) as found:
                for member in found.members:
                    _read_or_refused(found, member)
        except SubmissionError:
            continue


def _read_or_refused(found: Archive, member: Member) -> None:
    try:
        assert len(found.read(member, MB)) == member.size
    except SubmissionError:
        return

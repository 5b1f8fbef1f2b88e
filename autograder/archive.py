"""Reads zip and tar archives as hostile data: what is in them, and the bytes of one member.

Nothing is extracted: no path of a member's is ever a path on this machine. A caller gets the list
of members and asks for the bytes of one, saying how many it takes. A member that must not be read
has an `oddity` that says why, and the others can be read all the same.

Python's `zipfile` and `tarfile` do the parsing. How much they read and keep depends on numbers that
stand in the archive, so they read through a ration: directories of gigabytes, endless headers and
chains of them are refused before memory is taken. A compressed tar is first unpacked into an
anonymous file, as far as that may grow.

Every `SubmissionError` from here is a sentence to be put behind the name of the archive or member.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import re
import stat
import tarfile
import tempfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import IO, Any, Self, cast

import msgspec

from autograder.errors import SubmissionError

MAX_MEMBERS = 10_000
MAX_NAME = 1_000  # characters, with all folders
MAX_HEADERS_BYTES = 8_000_000  # what a parser may read of an archive beside its content
MAX_TAR_HEADER_BYTES = 4_096  # at once: old versions of tarfile take time quadratic in this
MAX_UNPACKED_BYTES = 2_000_000_000  # of one archive together
MAX_RATIO = 100  # of unpacked to packed bytes, where there are more than
FREE_BYTES = 20_000_000  # of them

_CHUNK = 1 << 16
_BLOCK = tarfile.BLOCKSIZE
_LOCAL_HEADER_BYTES = 30  # of a member of a zip, at least
_ENCRYPTED, _UTF8 = 0x1, 0x800  # flags of a member of a zip
_DRIVE = re.compile(r"[A-Za-z]:")
_SEPARATOR = re.compile(r"[/\\]")  # Windows writes the other one
_COMPRESSED: dict[bytes, Callable[[Any], Any]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
}
_FOREIGN = {b"7z\xbc\xaf\x27\x1c": "a 7z archive", b"Rar!": "a RAR archive"}
_DAMAGED = "is damaged or cut off. Ask for it, or download it, again."
_TOO_MANY = f"holds more than {MAX_MEMBERS:,} files. Ask for the notebook alone."
_EXHAUSTED = (
    f"unpacks to more than {MAX_UNPACKED_BYTES / 1e9:g} GB. Split it, or ask for less: "
    "notebooks are small."
)
_BOMB = f"unpacks to more than {MAX_RATIO} times its size, as only bombs do. It is not read."


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A file in an archive."""

    name: str  # in NFC and with / between its parts; as the archive has it if it is odd
    size: int  # as the archive claims
    modified: datetime | None  # by the clock of whoever packed it: good for a comparison only
    oddity: str  # why it cannot be read, as a sentence; empty if it can
    entry: Any  # what the parser knows it by


class Archive:
    """An open archive; a context manager that closes the file."""

    members: list[Member]  # the files in it, without the folders

    def __init__(self, file: io.FileIO) -> None:
        self._file = _Rationed(file)
        self._unpacked_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def read(self, member: Member, limit: int) -> bytes:
        """What a member holds.

        Raises
        ------
        SubmissionError
            If it is more than `limit`, or cannot be had.
        """
        return b"".join(self._content(member, limit))

    def unpack(self, member: Member, limit: int) -> io.FileIO:
        """What a member holds, as an anonymous file. Raises SubmissionError as `read` does."""
        return _filled(self._content(member, limit))

    def _content(self, member: Member, limit: int) -> Iterator[bytes]:
        if member.oddity:
            raise SubmissionError(member.oddity)
        if member.size > limit:
            raise SubmissionError(too_large(member.size, limit))
        found = 0
        with self._stream(member) as stream:
            for chunk in _chunks(stream, self._packed_bytes(member)):
                found += len(chunk)
                self._unpacked_bytes += len(chunk)
                if self._unpacked_bytes > MAX_UNPACKED_BYTES:
                    raise SubmissionError(f"is not read: its archive {_EXHAUSTED}")
                yield chunk
        if found != member.size:
            raise SubmissionError(_DAMAGED)

    def _stream(self, member: Member) -> IO[bytes]:
        """What gives no more than the bytes that the member claims to have."""
        raise NotImplementedError

    def _packed_bytes(self, member: Member) -> int:
        return member.size


def opened(file: io.FileIO) -> Archive:
    """The archive that a file is. It owns the file from now on.

    Raises
    ------
    SubmissionError
        If it is no zip and no tar, or none that an honest program makes.
    OSError
        If it cannot be read, or there is no space to unpack it.
    """
    with _closed_if_refused(file):
        start = file.read(_BLOCK)
        packed_bytes = file.seek(0, io.SEEK_END)
        file.seek(0)
        if start.startswith(b"PK"):
            return _Zip(file)
        for magic, kind in _FOREIGN.items():
            if start.startswith(magic):
                raise SubmissionError(f"is {kind}. Ask for a zip.")
        for magic, unpacked in _COMPRESSED.items():
            if start.startswith(magic):
                with file:
                    return _tar(_filled(_chunks(unpacked(file), packed_bytes)))
        return _tar(file)


def too_large(size: int, limit: int) -> str:
    """What is said of a file that has more bytes than it may have."""
    return f"has {size / 1e6:.3g} MB, more than the {limit / 1e6:.3g} MB that it may have."


def _tar(file: io.FileIO) -> Archive:
    with _closed_if_refused(file):
        header = file.read(_BLOCK)
        file.seek(0)
        if header[257:262] != b"ustar":
            raise SubmissionError("is neither a zip nor a tar. Ask for the notebook itself.")
        return _Tar(file)


class _Zip(Archive):
    def __init__(self, file: io.FileIO) -> None:
        super().__init__(file)
        with _parsing():
            self._zip = zipfile.ZipFile(self._file)
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS:
            raise SubmissionError(_TOO_MANY)
        if self._overlap(infos):
            raise SubmissionError("has members that overlap, as only bombs have. It is not read.")
        self.members = _distinct(_zip_member(info) for info in infos if not _is_folder(info))

    def _overlap(self, infos: list[zipfile.ZipInfo]) -> bool:
        """Whether one part of the file stands for several members, as in David Fifield's bombs."""
        end = 0
        for info in sorted(infos, key=lambda info: info.header_offset):
            if info.header_offset < end:
                return True
            end = info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size
        return end > self._zip.start_dir

    def _stream(self, member: Member) -> IO[bytes]:
        self._file.ration = self._packed_bytes(member) + MAX_HEADERS_BYTES
        with _parsing():
            return self._zip.open(member.entry)

    def _packed_bytes(self, member: Member) -> int:
        return cast(zipfile.ZipInfo, member.entry).compress_size


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.orig_filename.endswith("/")  # info.is_dir() breaks on a member without a name


def _zip_member(info: zipfile.ZipInfo) -> Member:
    name = info.orig_filename  # zipfile cuts the other one at a null character
    if not info.flag_bits & _UTF8:
        with contextlib.suppress(UnicodeError):  # macOS forgets to say that its names are UTF-8
            name = name.encode("cp437").decode()
    oddity = _odd_name(name) or _odd_zip_entry(info)
    modified = None
    with contextlib.suppress(ValueError):
        modified = datetime(*info.date_time)
    return Member(
        name=name if oddity else _plain(name),
        size=info.file_size,
        modified=modified,
        oddity=oddity,
        entry=info,
    )


def _odd_zip_entry(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)  # 0 where it was not packed on Unix
    if kind == stat.S_IFLNK:
        return "is a symbolic link, and links are not followed. Ask for the file itself."
    if kind not in (0, stat.S_IFREG):
        return "is a pipe, a socket or a device, not a file."
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted. Ask for it without a password."
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # What zipfile does with bzip2 and LZMA has no bound in memory.
        return "is compressed in an unusual way. Ask for an ordinary zip."
    return ""


class _Tar(Archive):
    def __init__(self, file: io.FileIO) -> None:
        super().__init__(file)
        self._file.most_at_once = MAX_TAR_HEADER_BYTES
        with _parsing():
            self.members = _distinct(self._scan())

    def _scan(self) -> Iterator[Member]:
        tar = tarfile.TarFile(fileobj=self._file)
        for count, info in enumerate(iter(tar.next, None)):
            if count >= MAX_MEMBERS:
                raise SubmissionError(_TOO_MANY)
            if not info.isdir():
                yield _tar_member(info)
        self._file.seek(tar.offset)
        end = self._file.read(_BLOCK)
        if len(end) < _BLOCK or end.strip(b"\0"):  # tarfile takes whatever it meets for the end
            raise SubmissionError(_DAMAGED)

    def _stream(self, member: Member) -> IO[bytes]:
        info = cast(tarfile.TarInfo, member.entry)
        return io.BufferedReader(
            _Slice(cast(io.FileIO, self._file.raw), info.offset_data, info.size)
        )


def _tar_member(info: tarfile.TarInfo) -> Member:
    oddity = _odd_name(info.name) or _odd_tar_entry(info)
    modified = None
    with contextlib.suppress(ValueError, OverflowError, OSError):
        modified = datetime.fromtimestamp(info.mtime, UTC).replace(tzinfo=None)
    return Member(
        name=info.name if oddity else _plain(info.name),
        size=info.size,
        modified=modified,
        oddity=oddity,
        entry=info,
    )


def _odd_tar_entry(info: tarfile.TarInfo) -> str:
    if info.issym() or info.islnk():
        kind = "symbolic" if info.issym() else "hard"
        return f"is a {kind} link, and links are not followed. Ask for the file itself."
    if info.issparse():
        return "is stored as a sparse file. Ask for an ordinary one."
    return "" if info.isreg() else "is a pipe, a socket or a device, not a file."


class _Rationed(io.BufferedReader):
    """A file of which a parser gets no more than its ration, whatever the archive makes it want."""

    ration = MAX_HEADERS_BYTES
    most_at_once = MAX_HEADERS_BYTES

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            here = self.tell()
            size = self.seek(0, io.SEEK_END) - here
            self.seek(here)
        self.ration -= size
        if self.ration < 0 or size > self.most_at_once:
            raise SubmissionError("has headers so large that no honest program writes them.")
        return super().read(size)


class _Slice(io.RawIOBase):
    """Some bytes of a file, as a file."""

    def __init__(self, file: io.RawIOBase, start: int, size: int) -> None:
        self._file = file
        self._rest = size
        file.seek(start)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(min(self._rest, len(buffer))) or b""
        buffer[: len(data)] = data
        self._rest -= len(data)
        return len(data)


def _chunks(stream: IO[bytes], packed_bytes: int) -> Iterator[bytes]:
    """What a stream gives, as long as that is believable for what it is unpacked from."""
    believable = max(FREE_BYTES, MAX_RATIO * packed_bytes)
    total = 0
    with _parsing():
        while chunk := stream.read(_CHUNK):
            total += len(chunk)
            if total > believable:
                raise SubmissionError(_BOMB)
            if total > MAX_UNPACKED_BYTES:
                raise SubmissionError(_EXHAUSTED)
            yield chunk


def _filled(chunks: Iterable[bytes]) -> io.FileIO:
    """An anonymous file that holds this."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
    with _closed_if_refused(file):
        file.writelines(chunks)
        file.seek(0)
        return cast(io.FileIO, file.detach())


@contextlib.contextmanager
def _closed_if_refused(file: IO[bytes] | io.IOBase) -> Iterator[None]:
    try:
        yield
    except BaseException:
        file.close()
        raise


@contextlib.contextmanager
def _parsing() -> Iterator[None]:
    """Turns whatever the parsers say of hostile bytes into one sentence."""
    try:
        yield
    except SubmissionError:
        raise
    except Exception as error:  # they let through whatever they stumble over
        raise SubmissionError(_DAMAGED) from error


def _odd_name(name: str) -> str:
    """Why a name is not to be trusted, as a sentence; empty if it is."""
    parts = _SEPARATOR.split(name)
    if len(name) > MAX_NAME:
        what = f"has more than {MAX_NAME:,} characters in its name"
    elif not name.strip("./\\"):
        what = "has no name"
    elif parts[0] == "" or _DRIVE.match(name):
        what = "has an absolute path for a name"
    elif ".." in parts:
        what = "has .. in its name"
    elif any("\ud800" <= char <= "\udfff" for char in name):
        what = "has a name that is not Unicode"
    elif not name.isprintable():
        what = "has characters in its name that cannot be printed"
    else:
        return ""
    return f"{what}. It is not read: ask for it under another one."


def _plain(name: str) -> str:
    parts = _SEPARATOR.split(unicodedata.normalize("NFC", name))
    return "/".join(part for part in parts if part not in ("", "."))


def _distinct(members: Iterable[Member]) -> list[Member]:
    """The members; those whose names are equal but for capitals are odd."""
    listed = list(members)
    count = Counter(member.name.casefold() for member in listed)
    twice = "is there more than once, capitals aside. None of them is read: ask for one."
    return [
        msgspec.structs.replace(member, oddity=twice)
        if count[member.name.casefold()] > 1 and not member.oddity
        else member
        for member in listed
    ]

"""Points that earlier runs read, on disk: one file per source, expression and grid. What is damaged is as if not there.

The files hold no secret, but names of models and their traffic: the directory is the user's alone. Whoever reads a
file must still ask the server for points that it holds, and believe it only where both tell the same: an address may
lead to another server than it did (`kubectl port-forward`).
"""

import contextlib
import hashlib
import os
import sys
import zlib
from array import array
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from console.domain.label import harmless
from console.domain.series import Grid
from console.history.block import Block

PLACE_BELOW_CACHE_HOME = Path("incident-console", "history")
MOST_BYTES = 256 * 1024 * 1024
LONGEST_AGE = 8 * 86_400.0
"""Seconds after which a file that nobody wrote anew is removed: a day more than the usual history."""

_MAGIC = b"incident-console history 1\n"
_SUFFIX = ".points"
_LARGEST_HEADER = 65_536


class Key(msgspec.Struct, frozen=True):
    """Whose points a file holds: `source` is the replica that answered, `identity` who asked (never a secret).

    `part` tells several ranges of one expression and step apart: the length of a sliding grid, or a day.
    """

    source: str
    identity: str
    expression: str
    step: float
    part: str

    @property
    def file_name(self) -> str:
        """Return a name for the file, which tells nothing of what is in it."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:40] + _SUFFIX


class _Header(msgspec.Struct, frozen=True):
    source: str
    expression: str
    step: float
    part: str
    start: float
    count: int
    rows: int
    bytes_of_keys: int
    byte_order: str
    checksum: int


class _Damaged(Exception):
    """A file that is not what this version writes."""


_HEADER = msgspec.json.Decoder(_Header)


def cache_directory(environment: Mapping[str, str]) -> Path | None:
    """Return the directory of the cache, None where the environment names no home."""
    cache_home = environment.get("XDG_CACHE_HOME", "")
    if cache_home.startswith("/"):  # the specification says that relative paths are to be ignored
        return Path(cache_home) / PLACE_BELOW_CACHE_HOME
    home = environment.get("HOME")
    return Path(home) / ".cache" / PLACE_BELOW_CACHE_HOME if home else None


class DiskCache:
    """Loads and keeps blocks; every fault of the disk is told once through `tell`, and the cache is done without.

    `clock` returns UTC seconds; `longest_age` is in seconds.
    """

    def __init__(
        self,
        directory: Path,
        tell: Callable[[str], None],
        clock: Callable[[], float],
        *,
        most_bytes: int = MOST_BYTES,
        longest_age: float = LONGEST_AGE,
    ) -> None:
        self._directory = directory
        self._tell = tell
        self._clock = clock
        self._most_bytes = most_bytes
        self._longest_age = longest_age
        self._told: set[str] = set()
        self._writes = True
        self._wrote = False

    def load(self, key: Key) -> Block | None:
        """Return what was kept, None where nothing usable is."""
        path = self._directory / key.file_name
        try:
            content = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self._tell_once(f"cache {self._directory} cannot be read: {error.strerror or error}; going on without it")
            return None
        try:
            return _read(content, key)
        except _Damaged as error:
            self._tell_once(f"cache {path}: {error}; it is left out and written anew")
            return None

    def keep(self, key: Key, block: Block) -> None:
        """Write a block in one step: a reader sees the whole old file or the whole new one."""
        head = _head(key, block)
        if not self._writes or len(head) > _LARGEST_HEADER:
            return  # an expression that names a model whose name is a page long
        path = self._directory / key.file_name
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            if not self._wrote:
                self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._wrote = True
            with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(head)
                file.write(b"\n".join(block.keys))
                file.write(block.matrix)
            temporary.replace(path)
        except OSError as error:
            self._writes = False
            with contextlib.suppress(OSError):
                temporary.unlink()
            told = error.strerror or error
            self._tell_once(f"cache {self._directory} cannot be written: {told}; the next start reads all again")

    def tidy(self) -> None:
        """Remove files that are too old, then the oldest ones until the rest is small enough; only after a write."""
        if not self._wrote:
            return
        with contextlib.suppress(OSError):  # another process tidies, too
            files = sorted((entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in self._files())
            left = sum(size for _, size, _ in files)
            for written, size, path in files:
                if left <= self._most_bytes and self._clock() - written <= self._longest_age:
                    break
                os.unlink(path)
                left -= size

    def _files(self) -> "list[os.DirEntry[str]]":
        """Return the files of the cache, those included that a process which was killed left half written."""
        with os.scandir(self._directory) as entries:
            return [entry for entry in entries if _SUFFIX in entry.name and entry.is_file(follow_symlinks=False)]

    def _tell_once(self, text: str) -> None:
        kind = text.partition(":")[2] if "cannot" in text else "damaged"
        if kind not in self._told:
            self._told.add(kind)
            self._tell(harmless(text))


class Kept(msgspec.Struct, frozen=True):
    """A cache and whose points are put there: an identity of who asks, which is no secret."""

    disk: DiskCache
    identity: str

    def key(self, source: str, expression: str, step: float, part: str) -> Key:
        """Return the key of a range of an expression as one replica answers it."""
        return Key(source, self.identity, expression, step, part)


def _head(key: Key, block: Block) -> bytes:
    keys = b"\n".join(block.keys)
    header = _Header(
        source=key.source,
        expression=key.expression,
        step=key.step,
        part=key.part,
        start=block.grid.start,
        count=block.grid.count,
        rows=len(block.keys),
        bytes_of_keys=len(keys),
        byte_order=sys.byteorder,
        checksum=zlib.crc32(block.matrix, zlib.crc32(keys)),
    )
    return _MAGIC + msgspec.json.encode(header) + b"\n"


def _read(content: bytes, key: Key) -> Block:
    if not content.startswith(_MAGIC):
        raise _Damaged("it is no file of this version")
    end = content.find(b"\n", len(_MAGIC), len(_MAGIC) + _LARGEST_HEADER)
    try:
        header = _HEADER.decode(content[len(_MAGIC) : end] if end >= 0 else b"")
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _Damaged("its header is damaged") from None
    body = memoryview(content)[end + 1 :]
    told = (header.source, header.expression, header.step, header.part, header.byte_order)
    if told != (key.source, key.expression, key.step, key.part, sys.byteorder):
        raise _Damaged("it holds something else than its name says")
    if zlib.crc32(body) != header.checksum:
        raise _Damaged("its checksum does not fit")
    keys = tuple(bytes(body[: header.bytes_of_keys]).split(b"\n")) if header.rows else ()
    matrix = array("d")
    try:
        matrix.frombytes(body[header.bytes_of_keys :])
    except ValueError:
        raise _Damaged("it ends within a number") from None
    if len(keys) != header.rows or len(matrix) != header.rows * header.count or header.count < 1:
        raise _Damaged("it holds fewer points than it says")
    return Block(Grid(header.start, header.step, header.count), keys, matrix)

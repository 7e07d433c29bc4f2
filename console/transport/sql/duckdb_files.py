"""Files that are tables: what the path of an address means, and the SQL that reads it.

A path is taken as it is written, nothing is decoded. Files of this machine are looked at whenever a table is asked for,
and a glob is looked up anew by every query, so that files count which appear later.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from glob import glob
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from console.domain.label import harmless
from console.transport.errors import NotThere

DATABASE_ENDINGS: Final = (".duckdb", ".ddb", ".db")
_READERS: Final = {
    ".parquet": "read_parquet",
    ".pq": "read_parquet",
    ".csv": "read_csv",
    ".tsv": "read_csv",
    ".json": "read_json",
    ".jsonl": "read_json",
    ".ndjson": "read_json",
}
_OPTIONS: Final = {
    "read_parquet": ", union_by_name = true",
    "read_json": ", union_by_name = true",
    # The last line of a file that is being written is cut short; padding and texts of several lines need one thread.
    "read_csv": ", union_by_name = true, null_padding = true, parallel = false",
}
_COMPRESSED: Final = (".gz", ".zst")  # DuckDB tells by the same endings
_GLOB: Final = frozenset("*?[")
_ICEBERG_HEAD: Final = ".metadata.json"
_ICEBERG: Final = ("avro", "iceberg")
_DELTA: Final = ("delta",)
"""The extensions of DuckDB that read tables of these kinds."""
_MOST_LOOKED_AT: Final = 10_000
"""So many entries of a directory are looked at to tell what kind of files it holds."""

_EXTENSION_OF_SCHEME: Final = {
    "http": ("httpfs",),
    "https": ("httpfs",),
    "s3": ("httpfs",),
    "r2": ("httpfs",),
    "gs": ("httpfs",),
    "gcs": ("httpfs",),
    "hf": ("httpfs",),
    "az": ("azure",),
    "azure": ("azure",),
    "abfss": ("azure",),
}


class Files(msgspec.Struct, frozen=True):
    """Files that make one table: `function` of DuckDB reads `path` (a file, a glob, a table's directory)."""

    function: str
    path: str
    extensions: tuple[str, ...] = ()

    @property
    def is_one_state(self) -> bool:
        """Return whether it is one state of a table, which a newer one follows."""
        return self.path.endswith(_ICEBERG_HEAD)

    def on_disk(self) -> list[str]:
        """Return the paths of all files that are read now, none where a table tells its files itself."""
        return sorted(glob(self.path, recursive=True)) if self.function.startswith("read_") else []

    @property
    def sql(self) -> str:
        """Return the expression that stands in FROM; files of one table may differ in their columns."""
        return f"{self.function}({quoted(self.path)}{_OPTIONS.get(self.function, '')})"


def stamp_of(paths: Iterable[str]) -> str | None:
    """Return a text that is another one when a file was written, came or went; None without files."""
    told = []
    for path in paths:
        status = os.stat(path)
        told.append((path, status.st_size, status.st_mtime_ns))
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16] if told else None


def quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def path_of(path: str, environment: Mapping[str, str]) -> str:
    """Return a path as it is looked up; `~` is the home of whoever runs the console."""
    if path == "~" or path.startswith("~/"):
        return environment.get("HOME", "~") + path[1:]
    return path


def scheme_of(path: str) -> str | None:
    """Return the scheme of a path elsewhere (`s3`), None for one of this machine."""
    scheme, separator, _ = path.partition("://")
    return scheme.lower() if separator and scheme.isalnum() else None


def is_database(path: str) -> bool:
    """Return whether a path is that of a database file of DuckDB."""
    return path.lower().endswith(DATABASE_ENDINGS)


def files_at(path: str, table: str | None = None, *, shown: str) -> Files:
    """Return the table at a path; `table` names one of a directory that holds several, `shown` says the path.

    Raises:
        NotThere: There is nothing that can be read, or several kinds of it.
        OSError: A directory cannot be looked at.
    """
    scheme = scheme_of(path)
    extensions = _EXTENSION_OF_SCHEME.get(scheme or "", ())
    bare = path.rstrip("/")
    if bare.endswith("/_delta_log"):
        return Files("delta_scan", bare.removesuffix("/_delta_log"), (*extensions, *_DELTA))
    if path.endswith(_ICEBERG_HEAD):
        return Files("iceberg_scan", path, (*extensions, *_ICEBERG))
    if bare.endswith("/metadata") and not _GLOB & set(path):
        return _iceberg(bare.removesuffix("/metadata"), extensions)
    if scheme is None and Path(path).is_dir():
        return _in_directory(Path(path), table)
    if table is not None:
        raise NotThere(f"{shown} is one table, in which there is no other called {harmless(table)}")
    if scheme is None and Path(path).exists():
        return Files(_reader_of(path, shown), escaped(path))
    if path.endswith("/") and scheme is not None:
        return Files("read_parquet", f"{path}**/*.parquet", extensions)
    return Files(_reader_of(path, shown), path, extensions)


def tables_in(path: str) -> list[str]:
    """Return the names that a directory's tables go by: its folders and files that can be read; one name elsewhere."""
    folder = Path(path)
    if scheme_of(path) is not None or not folder.is_dir() or _is_delta(folder) or _is_iceberg(folder):
        return [folder.name]
    names = {entry.name if entry.is_dir() else _stem(entry.name) for entry in _entries(folder)}
    return sorted(name for name in names if name)


def escaped(path: str) -> str:
    """Return a path as a glob that matches it alone."""
    return "".join(f"[{character}]" if character in _GLOB else character for character in path)


def _in_directory(folder: Path, table: str | None) -> Files:
    if _is_delta(folder):
        return Files("delta_scan", str(folder), _DELTA)
    if _is_iceberg(folder):
        return _iceberg(str(folder), ())
    if table is not None:
        for entry in _entries(folder):  # compared with what is there: a name that is a path leads nowhere
            if table in (entry.name, _stem(entry.name)):
                return files_at(str(entry), shown=harmless(str(entry)))
        raise NotThere(f"{harmless(str(folder))} holds no table {harmless(table)}")
    kinds = sorted({ending for ending in map(_ending, _names_below(folder)) if ending})
    if len({_READERS[_bare(kind)] for kind in kinds}) != 1:
        found = f"files of several kinds ({', '.join(kinds)}): name one with a glob" if kinds else "no file to read"
        raise NotThere(f"{harmless(str(folder))} holds {found}")
    if len(kinds) > 1:
        raise NotThere(f"{harmless(str(folder))} holds {' and '.join(kinds)} files: name one kind with a glob")
    return Files(_READERS[_bare(kinds[0])], f"{escaped(str(folder))}/**/*{kinds[0]}")


def _is_delta(folder: Path) -> bool:
    return (folder / "_delta_log").is_dir()


def _is_iceberg(folder: Path) -> bool:
    metadata = folder / "metadata"
    return metadata.is_dir() and any(name.endswith(_ICEBERG_HEAD) for name in os.listdir(metadata))


def _iceberg(path: str, extensions: tuple[str, ...]) -> Files:
    """Return the newest state of an Iceberg table, which DuckDB does not look for where no hint names it."""
    metadata = Path(path) / "metadata"
    if metadata.is_dir() and not (metadata / "version-hint.text").exists():
        heads = [head for head in metadata.iterdir() if head.name.endswith(_ICEBERG_HEAD)]
        path = str(max(heads, key=lambda head: (_number(head.name), head.stat().st_mtime), default=path))
    return Files("iceberg_scan", path, (*extensions, *_ICEBERG))


def _number(name: str) -> int:
    """Return the number of a state: its file is called `v3.metadata.json` or `00003-….metadata.json`."""
    digits = re.match(r"v?(\d+)", name)
    return int(digits.group(1)) if digits else -1


def _entries(folder: Path) -> list[Path]:
    return sorted(
        entry
        for entry in folder.iterdir()
        if not entry.name.startswith((".", "_")) and (entry.is_dir() or _ending(entry.name))
    )


def _names_below(folder: Path) -> Iterator[str]:
    looked_at = 0
    for _, folders, names in os.walk(folder, onerror=_raised):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "_")))
        for name in names:
            looked_at += 1
            if looked_at > _MOST_LOOKED_AT:
                return
            if not name.startswith((".", "_")):
                yield name


def _raised(error: OSError) -> None:
    raise error


def _bare(ending: str) -> str:
    """Return an ending without that of a compression."""
    for compressed in _COMPRESSED:
        ending = ending.removesuffix(compressed)
    return ending


def _ending(name: str) -> str | None:
    """Return the ending by which a file can be read, that of its compression included; None where it has none."""
    lower = name.lower()
    for compressed in ("", *_COMPRESSED):
        for ending in _READERS:
            if lower.endswith(ending + compressed) and not (compressed and _READERS[ending] == "read_parquet"):
                return name[len(name) - len(ending + compressed) :]
    return None


def _stem(name: str) -> str:
    return name.removesuffix(_ending(name) or "")


def _reader_of(path: str, shown: str) -> str:
    named = (
        urlsplit(path).path if scheme_of(path) in ("http", "https") else path
    )  # a query follows, such as a signature
    ending = _ending(named)
    if ending is None:
        known = " ".join(sorted([*_READERS, *DATABASE_ENDINGS]))
        raise NotThere(f"{shown}: nobody can tell what kind of file it is; known endings are {known}")
    return _READERS[_bare(ending.lower())]

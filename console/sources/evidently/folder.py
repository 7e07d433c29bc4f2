"""Reads the reports of a folder: a file that did not change is not read again, and a bad one costs one line."""

import asyncio
import os
import stat
from collections.abc import Iterator
from concurrent.futures import Future
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import NamedTuple

import msgspec

from console.domain.label import harmless
from console.settings.evidently import EvidentlyFolder
from console.sources.evidently.naming import instant_of_file, name_of_file
from console.sources.evidently.parse import NotAReport, parse
from console.sources.evidently.report import EvidentlyReport
from console.transport.worker import Worker

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes: a report of a thousand columns with all its pictures has a tenth."""
MOST_FILES = 500
"""How many files of a folder are read, the newest first: a year of daily reports of one model."""


class FolderUnreadable(Exception):
    """A folder of reports cannot be read at all; the message is one line."""


class DatedReport(msgspec.Struct, frozen=True):
    """A report about `model` (raw) of the time `at` (UTC seconds); `file` is its path below the folder, harmless."""

    model: str
    at: float
    file: str
    report: EvidentlyReport


class FolderAnswer(msgspec.Struct, frozen=True):
    """The reports of a folder, oldest first, and what is wrong with other files, a line each."""

    reports: tuple[DatedReport, ...]
    problems: tuple[str, ...] = ()


class _File(NamedTuple):
    path: PurePath
    modified: float
    size: int
    inode: int


class FolderReader:
    """Reads one folder again and again."""

    def __init__(self, settings: EvidentlyFolder) -> None:
        self.settings = settings
        self._known: dict[_File, DatedReport | str] = {}
        self._asking: Future[FolderAnswer] | None = None

    async def read(self) -> FolderAnswer:
        """Return what the folder holds now.

        Raises:
            FolderUnreadable: it is not there, may not be read, or takes longer than its deadline.
        """
        shown, deadline = harmless(self.settings.folder), self.settings.timeout
        try:
            async with asyncio.timeout(deadline):
                return await asyncio.wrap_future(self._asked())
        except TimeoutError:
            raise FolderUnreadable(f"{shown}: reading takes more than {deadline:g} s") from None
        except OSError as error:
            raise FolderUnreadable(f"{shown}: {error.strerror or 'cannot be read'}") from None

    def _asked(self) -> Future[FolderAnswer]:
        """Return the answer to come; a disk that hangs keeps one thread, and never the process from ending."""
        if self._asking is None or self._asking.done():
            worker = Worker("folder of reports")
            self._asking = worker.do(self._read)
            worker.end()
        return self._asking

    def _read(self) -> FolderAnswer:
        root = Path(self.settings.folder)
        found = sorted(_files(root), key=lambda file: file.modified, reverse=True)
        files = found[:MOST_FILES]
        self._known = {file: self._known.get(file) or self._read_file(root, file) for file in files}
        reports = sorted(
            (known for known in self._known.values() if isinstance(known, DatedReport)), key=lambda each: each.at
        )
        problems = [known for known in self._known.values() if isinstance(known, str)]
        if len(found) > len(files):
            problems.append(
                f"{harmless(self.settings.folder)}: only the newest {MOST_FILES} of {len(found)} files are read"
            )
        return FolderAnswer(tuple(reports), tuple(problems))

    def _read_file(self, root: Path, file: _File) -> DatedReport | str:
        shown = harmless(str(file.path))
        if file.size > LARGEST_FILE:
            return f"{shown}: {file.size / 1e6:.0f} MB, more than the {LARGEST_FILE / 1e6:.0f} MB that are read"
        try:
            report = parse((root / file.path).read_bytes())
        except OSError as error:
            return f"{shown}: {error.strerror or 'cannot be read'}"
        except NotAReport as error:
            return f"{shown}: {error}"
        told = report.written if report.written is not None else instant_of_file(file.path)
        # A report is on disk after it was made: a later time is that of a zone that it does not tell.
        at = file.modified if told is None else min(told, file.modified)
        return DatedReport(self._model(file.path, report), at, shown, report)

    def _model(self, path: PurePath, report: EvidentlyReport) -> str:
        ruled = (rule.model for rule in self.settings.models if fnmatchcase(path.as_posix(), rule.match))
        return next(iter((*ruled, *report.names)), name_of_file(path))


def _files(root: Path) -> Iterator[_File]:
    """Yield the JSON files below a folder; links are followed to files, not to folders, which could lead in circles."""
    os.scandir(root).close()  # a walk through what is no folder finds nothing and says nothing
    for folder, _, names in os.walk(root):
        for name in names:
            if name.endswith(".json") and not name.startswith("."):
                path = Path(folder, name)
                try:
                    status = path.stat()
                except OSError:
                    continue  # it went while the folder was listed, or is a link to nothing
                if stat.S_ISREG(status.st_mode):
                    yield _File(path.relative_to(root), status.st_mtime, status.st_size, status.st_ino)

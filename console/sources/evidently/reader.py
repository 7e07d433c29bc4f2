"""Evidently as a source: the newest report of each model out of all folders, as readings."""

import time
from collections.abc import Callable, Sequence

import msgspec

from console.domain.anomaly import Status
from console.domain.source import SourceReport
from console.settings.evidently import EvidentlyFolder
from console.sources.evidently.folder import FolderReader, FolderUnreadable
from console.sources.evidently.readings import ModelReport, newest_by_model


class EvidentlyAnswer(msgspec.Struct, frozen=True):
    """What the reports say of each model, by name, and how each folder answered."""

    models: tuple[ModelReport, ...]
    sources: tuple[SourceReport, ...]


class EvidentlyReader:
    """Reads folders again and again; files that did not change are read once."""

    def __init__(self, folders: Sequence[EvidentlyFolder], *, timer: Callable[[], float] = time.monotonic) -> None:
        self._folders = tuple(map(FolderReader, folders))
        self._timer = timer

    async def read(self, at: float) -> EvidentlyAnswer:
        """Return what was known at an instant (UTC seconds); a folder that cannot be read is a source that is down."""
        newest: dict[str, ModelReport] = {}
        sources = []
        for folder in self._folders:
            reports, source = await self._read_folder(folder, at)
            sources.append(source)
            for report in reports:
                if report.model not in newest or newest[report.model].at < report.at:
                    newest[report.model] = report
        return EvidentlyAnswer(tuple(newest[model] for model in sorted(newest)), tuple(sources))

    async def _read_folder(self, folder: FolderReader, at: float) -> tuple[tuple[ModelReport, ...], SourceReport]:
        settings, started = folder.settings, self._timer()
        try:
            answer = await folder.read()
        except FolderUnreadable as error:
            return (), SourceReport(settings.name, Status.UNKNOWN, self._timer() - started, str(error))
        more = len(answer.problems) - 1
        detail = answer.problems[0] + (f"; and {more} more" if more > 0 else "") if answer.problems else None
        source = SourceReport(settings.name, Status.OK, self._timer() - started, detail)
        return newest_by_model(answer.reports, at, settings.stale), source


async def read_evidently(folders: Sequence[EvidentlyFolder], at: float) -> EvidentlyAnswer:
    """Return what the reports in some folders said at an instant (UTC seconds)."""
    return await EvidentlyReader(folders).read(at)

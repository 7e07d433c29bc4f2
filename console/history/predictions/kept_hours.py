"""Hours that can change no more, on disk: one answer for each model and day."""

from collections.abc import Mapping

import msgspec
import numpy

from console.domain.moments import floor_to_step
from console.history.predictions.answer_cache import AnswerCache
from console.history.predictions.hours import Counts, Hour, Layout
from console.history.predictions.past import HOUR
from console.sources.predictions.arrays import integers_of

DAY = 86_400.0
_VERSION = 2
"""Of what is kept on disk; to be raised when the same rows give other integers."""


class KeptHours:
    """Loads and keeps the hours of one model in the bins of one reference; `cache` is None where nothing is kept."""

    def __init__(self, cache: AnswerCache | None, place: str, model: str, layout: Layout) -> None:
        self._cache = cache
        self._place = place
        self._model = model
        self._layout = layout
        self._loaded: set[float] = set()

    def load(self, start: float, end: float) -> dict[float, Hour]:
        """Return the hours of all days from `start` to before `end` (UTC seconds); a day is loaded once."""
        found: dict[float, Hour] = {}
        for day in _days(start, end):
            if day not in self._loaded:
                self._loaded.add(day)
                found |= self._load(day)
        return found

    def keep(self, hours: Mapping[float, Hour], start: float, end: float) -> None:
        """Write the days from `start` to before `end` (UTC seconds) as far as their hours are known."""
        import pyarrow

        if self._cache is None:
            return
        for day in _days(start, end):
            told: dict[str, list[object]] = {"hour": [], "version": [], "counts": []}
            for hour in (day + HOUR * index for index in range(24)):
                for version, row in _rows_of(hours.get(hour), self._layout.width):
                    for name, value in (("hour", hour), ("version", version), ("counts", row)):
                        told[name].append(value)
            counts = numpy.array(told["counts"], numpy.int64).reshape(-1)
            answer = pyarrow.table(
                {
                    "hour": pyarrow.array(told["hour"], pyarrow.float64()),
                    "version": pyarrow.array(told["version"], pyarrow.string()),
                    "counts": pyarrow.FixedSizeListArray.from_arrays(counts, self._layout.width),
                }
            )
            self._cache.keep(self._in_words(day), answer)

    def forget(self, hours: dict[float, Hour], before: float) -> None:
        """Drop the hours of days that ended before an instant (UTC seconds); who wants them again loads them again."""
        gone = floor_to_step(before, DAY)
        self._loaded = {day for day in self._loaded if day >= gone}
        for hour in [hour for hour in hours if hour < gone]:
            del hours[hour]

    def _load(self, day: float) -> dict[float, Hour]:
        import pyarrow

        if self._cache is None or (answer := self._cache.load(self._in_words(day))) is None:
            return {}
        flat = pyarrow.chunked_array([answer["counts"].combine_chunks().flatten()])
        matrix = integers_of(flat).reshape(answer.num_rows, self._layout.width)
        found: dict[float, dict[str, Counts]] = {}
        for hour, version, row in zip(answer["hour"].to_pylist(), answer["version"].to_pylist(), matrix, strict=True):
            versions = found.setdefault(hour, {})
            if version is not None:
                versions[version] = row
        return dict(found)

    def _in_words(self, day: float) -> str:
        """Return what was asked, the same for the same question to the same store only."""
        told = ("hours", _VERSION, self._place, self._model, self._layout.words(), day)
        return msgspec.json.encode(told).decode()


def _rows_of(hour: "Hour | None", width: int) -> "list[tuple[str | None, Counts]]":
    """Return the rows of an hour, none where it is not known, and one without a version where it is known as empty."""
    if hour is None:
        return []
    return list(hour.items()) or [(None, numpy.zeros(width, numpy.int64))]


def _days(start: float, end: float) -> list[float]:
    first = floor_to_step(start, DAY)
    return [first + DAY * index for index in range(int(-((first - end) // DAY)))]

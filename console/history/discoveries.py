"""What a server exports, asked for once a minute and kept when it cannot be asked again."""

from collections.abc import Sequence

from console.history.tally import Tally, is_of_the_query
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.discovery import LOOK_BACK, Discovery, discover
from console.sources.prometheus.preset import Preset
from console.sources.prometheus.signal_query import Composition
from console.transport.http import SourceError

SECONDS_BETWEEN_DISCOVERIES = 60.0
SECONDS_BETWEEN_PAST_DISCOVERIES = 3600.0
"""The past changes no more; a range that moves on with the clock is asked about once an hour."""


class Discoveries:
    """Keeps the discovery of the fleet and, for ranges that it does not reach, one of the past."""

    def __init__(self, client: PrometheusClient, presets: Sequence[Preset]) -> None:
        self._client = client
        self._presets = tuple(presets)
        self._fleet: Discovery | None = None
        self._past: Discovery | None = None
        self._composed: dict[float, tuple[Discovery, tuple[Composition, ...]]] = {}

    async def of_fleet(self, at: float, tally: Tally) -> Discovery:
        """Return what is exported at an instant (UTC seconds); of the last minute where a query for it fails alone.

        Raises:
            SourceError: the server does not answer, or nothing is known yet.
        """
        known = self._fleet
        if known is None or not 0 <= at - known.at < SECONDS_BETWEEN_DISCOVERIES:
            try:
                known = self._fleet = await discover(self._client, self._presets, at, until=tally.until)
            except SourceError as error:
                if known is None or not is_of_the_query(error) or not _reaches(known, at):
                    raise
                tally.incomplete[f"what is exported was not told, the last known counts: {error.detail}"] = None
        tally.incomplete.update(dict.fromkeys(known.warnings))
        return known

    async def of_range(self, end: float, tally: Tally) -> Discovery:
        """Return what was exported before the end (UTC seconds) of a range: the fleet's where that reaches so far.

        Raises:
            SourceError: the server does not answer.
        """
        if self._fleet is not None and _reaches(self._fleet, end):
            return self._fleet
        known = self._past
        if known is None or abs(end - known.at) >= SECONDS_BETWEEN_PAST_DISCOVERIES:
            known = self._past = await discover(self._client, self._presets, end, until=tally.until)
        return known

    def compositions(self, discovery: Discovery, rate_window: float) -> tuple[Composition, ...]:
        """Return what is asked of this server about all models: the same object as long as it exports the same."""
        known = self._composed.get(rate_window)
        if known is None or not known[0].exports_the_same(discovery):
            known = self._composed[rate_window] = (discovery, discovery.compositions(self._presets, rate_window))
        return known[1]


def _reaches(known: Discovery, at: float) -> bool:
    return abs(known.at - at) < LOOK_BACK

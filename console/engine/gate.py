"""Whether actions may be done at all: the settings, the moment that is rendered and the kill switch decide."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from console.domain.label import harmless
from console.settings.places import ActingPlace

KILL_SWITCH_VARIABLE = "INCIDENT_CONSOLE_ACTIONS"
KILL_SWITCH_FILE = "actions.off"
READ_ONLY = "read-only: "
"""How the reason begins that a place may not be changed; what allows it stands behind."""
_LONGEST_REASON = 200


class ActionGate:
    """Says why nothing may be done, asked anew before every action.

    Args:
        places: where actions act, and whether each may be changed.
        live: False while the past is rendered.
        directory: the state directory, where the kill switch's file may appear at any time.
        environment: the variables of the process.
    """

    def __init__(
        self, places: Iterable[ActingPlace], *, live: bool, directory: Path, environment: Mapping[str, str]
    ) -> None:
        self._places = {place.name: place for place in places}
        self._live = live
        self._kill_switch = directory / KILL_SWITCH_FILE
        self._switched_off = environment.get(KILL_SWITCH_VARIABLE, "").strip().lower() == "off"

    @property
    def is_read_only(self) -> bool:
        """Return whether no place at all may be changed now."""
        return not any(self.why_no_commit(name) is None for name in self._places)

    @property
    def switched_off(self) -> str | None:
        """Return what switches all actions off now, None where nothing does."""
        return self._why_switched_off()

    def why_no_plan(self) -> str | None:
        """Return why not even a plan can be made, None where it can."""
        return None if self._live else "the past is shown (--at): actions act on the present only"

    def why_no_commit(self, context: str) -> str | None:
        """Return why nothing may be changed in a place, None where it may."""
        reason = self.why_no_plan()
        if reason is not None:
            return reason
        place = self._places.get(context)
        if place is None:
            return f"nothing may be changed in {harmless(context)}: the settings do not name it"
        if not place.write:
            return f"{READ_ONLY}{place.how_to_allow}"
        return self._why_switched_off()

    def minimum_tier(self, context: str) -> int:
        """Return the least risk that an action in a place counts with."""
        place = self._places.get(context)
        return 0 if place is None else place.minimum_tier

    def _why_switched_off(self) -> str | None:
        if self._switched_off:
            return f"actions are switched off by {KILL_SWITCH_VARIABLE}=off"
        try:
            with self._kill_switch.open(encoding="utf-8", errors="replace") as file:
                words = harmless(file.read(_LONGEST_REASON).strip())
        except FileNotFoundError:
            return None
        except OSError as error:  # a switch that cannot be read is taken as pulled
            words = str(error)
        return f"actions are switched off by {self._kill_switch}" + (f": {words}" if words else "")

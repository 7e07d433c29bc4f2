"""Whether actions may be done at all: the settings, the moment that is rendered and the kill switch decide."""

from collections.abc import Mapping
from pathlib import Path

from console.domain.label import harmless
from console.settings.settings import KubernetesSettings

KILL_SWITCH_VARIABLE = "INCIDENT_CONSOLE_ACTIONS"
KILL_SWITCH_FILE = "actions.off"
_LONGEST_REASON = 200


class ActionGate:
    """Says why nothing may be done, asked anew before every action.

    Args:
        kubernetes: the cluster of the settings, None where none is configured.
        live: False while the past is rendered.
        directory: the state directory, where the kill switch's file may appear at any time.
        environment: the variables of the process.
    """

    def __init__(
        self, kubernetes: KubernetesSettings | None, *, live: bool, directory: Path, environment: Mapping[str, str]
    ) -> None:
        self.kubernetes = kubernetes
        self._live = live
        self._kill_switch = directory / KILL_SWITCH_FILE
        self._switched_off = environment.get(KILL_SWITCH_VARIABLE, "").strip().lower() == "off"

    def why_no_plan(self) -> str | None:
        """Return why not even a plan can be made, None where it can."""
        if not self._live:
            return "the past is shown (--at): actions act on the present only"
        if self.kubernetes is None:
            return "no cluster is configured (kubernetes.context): there is nothing to act on"
        return None

    def why_no_commit(self) -> str | None:
        """Return why nothing may be changed, None where it may."""
        reason = self.why_no_plan()
        if reason is None and self.kubernetes is not None and not self.kubernetes.write:
            reason = f"read-only: start with --write, or set kubernetes.write for context {self.kubernetes.context}"
        return reason or self._why_switched_off()

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

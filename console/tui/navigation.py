"""Which screens lie over which: the fleet below all, a model above it, a playbook above that."""

from itertools import count
from typing import TYPE_CHECKING

from textual.app import App

from console.domain.command import StartAction
from console.domain.link import Link
from console.tui.screens.base import ConsoleScreen
from console.tui.screens.fleet import FleetScreen
from console.tui.trail import FLEET_CRUMB, Crumb, model_crumb

if TYPE_CHECKING:
    from console.domain.cluster_facts import PodFacts
    from console.domain.run import Run
    from console.domain.snapshot import Snapshot
    from console.tui.keeping import Keeping
    from console.tui.known_runs import KnownRuns
    from console.tui.look import Look
    from console.tui.screens.one_run import WantedRun
    from console.tui.spare_run import SpareRun


class Navigation(App[None]):
    """The ways between screens; each is imported when it is first opened, behind the first frame."""

    snapshot: "Snapshot | None"
    keeping: "Keeping"
    look: "Look"
    arming_seconds: float
    runs: "KnownRuns"
    spare_run: "SpareRun"
    _asked_actions: "count[int]"

    def open_model(self, model_id: str) -> None:
        """Show one model."""
        from console.tui.screens.model import ModelScreen

        self.push_screen(ModelScreen(model_id))

    def crumb_of(self, model_id: str) -> Crumb:
        """Return the level of a model."""
        view = self.snapshot.find(model_id) if self.snapshot is not None else None
        return model_crumb(model_id, is_mine=view is not None and self.keeping.marks.is_mine(view.model))

    def go_to(self, crumb: Crumb) -> None:
        """Go back to a level: to its screen where that is open below, else over the fleet."""
        if crumb.is_fleet:
            self.show_fleet()
        elif crumb.model_id is not None:
            self.jump_to(crumb.model_id)

    def show_fleet(self) -> FleetScreen:
        """Close every screen above the fleet, and return the fleet."""
        while not isinstance(self.screen, FleetScreen):
            self.pop_screen()
        return self.screen

    def jump_to(self, model_id: str) -> None:
        """Show one model right above the fleet, whose cursor goes to it; esc then leads to the fleet."""
        from console.tui.screens.model import ModelScreen

        while len(self.screen_stack) > 1:
            if isinstance(self.screen, ModelScreen) and self.screen.model_id == model_id:
                return
            self.pop_screen()
        self.show_fleet().put_cursor_on(model_id)
        self.open_model(model_id)

    def open_drift(self, model_id: str) -> None:
        """Show the columns of a model against their reference."""
        from console.tui.screens.drift import DriftScreen

        self.push_screen(DriftScreen(model_id, reads_aloud=self.look.is_plain))

    def open_quality(self, model_id: str) -> None:
        """Show how good the predictions of a model are."""
        from console.tui.screens.quality import QualityScreen

        self.push_screen(QualityScreen(model_id, reads_aloud=self.look.is_plain))

    def open_pods(self, model_id: str) -> None:
        """Show what the cluster says of a model."""
        from console.tui.screens.pods import PodsScreen

        self.push_screen(PodsScreen(model_id, reads_aloud=self.look.is_plain))

    def open_pod_log(self, model_id: str, pod: "PodFacts") -> None:
        """Show the last lines of the log of a pod."""
        from console.tui.screens.pod_log import PodLogScreen

        self.push_screen(PodLogScreen(model_id, pod))

    def open_links(self, model_id: str, links: tuple[Link, ...]) -> None:
        """List the links of a model."""
        from console.tui.screens.links import LinksScreen

        self.push_screen(LinksScreen(model_id, links, reads_aloud=self.look.is_plain))

    def open_actions(self, model_id: str, wanted: str | None = None) -> None:
        """List what can be done on a model, with the cursor on an action where one is wanted."""
        from console.tui.screens.actions import ActionsScreen

        self.push_screen(ActionsScreen(model_id, wanted, reads_aloud=self.look.is_plain))

    def open_action(self, model_id: str, action: str, arguments: dict[str, str]) -> None:
        """Plan one action on a model, and show the run that follows it."""
        from console.tui.screens.one_run import WantedRun

        asked = StartAction(model_id, action, arguments, asked_as=f"{next(self._asked_actions)}")
        self._show_run(WantedRun(model_id, action, action=asked))

    def open_playbook(self, model_id: str, playbook_id: str, *, rehearse: bool = False) -> None:
        """Follow a playbook for a model; where a run of it is open, also of somebody else, that one is shown."""
        from console.tui.screens.one_run import WantedRun

        run = self.runs.open_run(model_id, playbook_id, rehearsal=rehearse)
        if run is not None:
            self.open_run(run)
        else:
            self._show_run(WantedRun(model_id, playbook_id, rehearse=rehearse))

    def open_run(self, run: "Run") -> None:
        """Show a run that is known: on the screen that shows it already, where there is one below."""
        from console.tui.screens.one_run import WantedRun
        from console.tui.screens.playbook import PlaybookScreen

        if any(isinstance(each, PlaybookScreen) and each.run_id == run.id for each in self.screen_stack):
            while not (isinstance(self.screen, PlaybookScreen) and self.screen.run_id == run.id):
                self.pop_screen()
        else:
            self._show_run(WantedRun(run.model_id, run.playbook_id, run))

    def _show_run(self, wanted: "WantedRun") -> None:
        self.push_screen(self.spare_run.take(wanted))

    def action_runs(self) -> None:
        """List the runs."""
        from console.tui.screens.runs import RunsScreen

        if isinstance(self.screen, ConsoleScreen) and not isinstance(self.screen, RunsScreen):
            self.push_screen(RunsScreen(reads_aloud=self.look.is_plain))

    async def open_jump(self, way: tuple[Crumb, ...]) -> None:
        """Find a model by its name; `way` is that to the screen in front. Returns when letters can be typed."""
        from console.tui.screens.jump import JumpScreen

        await self.push_screen(JumpScreen(way or (FLEET_CRUMB,), reads_aloud=self.look.is_plain))

    def action_help(self) -> None:
        """Show the keys of the screen."""
        from console.tui.screens.help import HelpScreen

        if isinstance(self.screen, ConsoleScreen) and not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen.WHERE, self.screen.trail() or (FLEET_CRUMB,)))

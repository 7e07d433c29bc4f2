"""The upper part of a playbook's screen: whose run it is, its steps, and beside them what is measured."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult

from console.domain.run import Run
from console.tui.panels.box import Box
from console.tui.panels.capacity import capacity_chart, replicas_of
from console.tui.panels.lines import Line, Span, line
from console.tui.panels.run_place import place_lines
from console.tui.panels.steps import KeysOfRuns, evidence_line, evidence_lines, step_lines
from console.tui.panels.text_block import TextBlock, WatchedBlock
from console.tui.widgets.chart import Chart


class RunPane(Box):
    """Shows one run; the screen says what has room: `#side` beside the steps, or `#evidence` above them.

    `painted` is called whenever the steps are really painted.
    """

    DEFAULT_CSS: ClassVar[str] = """
    RunPane {
        height: 2fr; layout: vertical;
        & > #place { height: 1; display: none; padding: 0 1; background: $surface; }
        & > #place.told { display: block; }
        & > #evidence { height: 1; padding: 0 1; background: $surface; display: none; }
        & > #run { height: 1fr; layout: horizontal; }
        & #steps { width: 1fr; height: 1fr; padding: 0 1; }
        & #side { width: 36; height: 1fr; padding: 0 1; layout: vertical; display: none; }
        & #side.charted { width: 44; }
        & #seen { height: auto; }
        & #capacity { display: none; width: 1fr; height: 1fr; }
        & #capacity.known { display: block; }
    }
    """

    def __init__(self, painted: Callable[[], object]) -> None:
        super().__init__(id="run-pane")
        self.steps = WatchedBlock(painted, id="steps")
        self._place = TextBlock(id="place")
        self._evidence = TextBlock(id="evidence")
        self._seen = TextBlock(id="seen")
        self._capacity = Chart(id="capacity")
        self._side = Box(self._seen, self._capacity, id="side")
        self._seen_lines: tuple[Line, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the place, the evidence and the steps with what stands beside them."""
        yield self._place
        yield self._evidence
        yield Box(self.steps, self._side, id="run")

    def show(self, run: Run | None, now: float, *, keys: tuple[str, ...], named: KeysOfRuns) -> None:
        """Show a run at an instant (UTC seconds); `keys` are those of its answers that work now, `named` others."""
        self._show_capacity(run)
        if run is None:
            self.steps.set_lines((line(Span("reading the playbook and the evidence…", "muted")),))
            return
        lines, seen = step_lines(run, keys, now, named)
        self.steps.set_lines(lines, keep=seen)
        self._evidence.set_lines((evidence_line(run.evidence),))
        self._show_beside(evidence_lines(run.evidence))
        place = place_lines(run, named.take_up)
        self._place.set_lines(place)
        self._place.set_class(bool(place), "told")

    def _show_beside(self, lines: tuple[Line, ...]) -> None:
        rows, self._seen_lines = len(self._seen_lines), lines
        self._seen.set_lines(lines)
        if len(lines) != rows:
            self._seen.refresh(layout=True)

    def _show_capacity(self, run: Run | None) -> None:
        """Show how the latency grows with the load of a replica, and where the plan would put it."""
        planned = replicas_of(run.plan) if run is not None and run.plan is not None else None
        chart = capacity_chart(run.capacity, planned=planned) if run is not None else None
        self._capacity.set_class(chart is not None, "known")
        self._side.set_class(chart is not None, "charted")
        if chart is not None:
            self._capacity.update_data(chart)

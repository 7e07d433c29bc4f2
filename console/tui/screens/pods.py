"""What the cluster says of one model: its pods, the worst first, its events, and what stands around its workload."""

from typing import ClassVar

from textual import on
from textual.binding import BindingType

from console.domain.cluster_facts import ClusterFacts, PodFacts
from console.domain.snapshot import Snapshot
from console.tui.actions.action import Action, Where
from console.tui.actions.registry import actions_in
from console.tui.bindings import bindings_of
from console.tui.panels.cluster_words import pod_in_words
from console.tui.panels.lines import Line, Span, line
from console.tui.panels.pods import (
    POD_COLUMNS,
    around_lines,
    event_lines,
    find_pod,
    pod_lines,
    pod_rows,
    pods_place,
)
from console.tui.panels.text_block import TextBlock
from console.tui.screens.table_screen import TableScreen
from console.tui.spoken.pods import spoken_pod_columns, spoken_pod_rows
from console.tui.widgets.table import LiveTable


class PodsScreen(TableScreen):
    """A row per pod; the model screen below it has the engine read what is shown."""

    WHERE = Where.PODS
    PICTURE = "events"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(actions_in(Where.PODS)))

    def __init__(self, model_id: str, *, reads_aloud: bool = False) -> None:
        self._reads_aloud = reads_aloud
        columns = spoken_pod_columns() if reads_aloud else POD_COLUMNS
        self._events = TextBlock(id="picture")
        table = LiveTable(columns, empty_text="", gone_text="no longer there", reads_aloud=reads_aloud)
        super().__init__(model_id, table, self._events)

    @property
    def _facts(self) -> ClusterFacts | None:
        known = self.console.cluster
        return known if known is not None and known.model_id == self.model_id else None

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Paint header and footer: what else is shown comes with what the cluster says."""
        self.paint_frame()

    def show_cluster(self, facts: ClusterFacts) -> None:
        """Show the newest of what the cluster says."""
        if facts.model_id == self.model_id:
            self.paint()

    def paint(self) -> None:
        """Show what the cluster said last."""
        facts = self._facts
        if facts is None or facts.detail is not None:
            told = facts.detail if facts is not None and facts.detail is not None else "asking the cluster …"
            self.show_place((line(Span("? ", "unknown"), Span(told), wraps=True),), has_rows=False)
            self.table.set_rows((), empty_text="")
        else:
            self.show_place(pods_place(facts, self.console.present), has_rows=True)
            rows = (spoken_pod_rows if self._reads_aloud else pod_rows)(facts, self.console.present)
            empty = "no pods" if facts.pods.at is not None else "the pods could not be read"
            self.table.set_rows(rows, empty_text=empty)
        self.paint_selected(back_to_top=False)
        self.paint_frame()

    def paint_selected(self, *, back_to_top: bool) -> None:
        """Paint the words about the pod under the cursor and what stands around it, and the events."""
        facts, now = self._facts, self.console.present
        if facts is None or facts.detail is not None:
            self._events.set_lines(())
            self.words.set_lines(())
            return
        pod = self._selected()
        about = pod_lines(pod, facts, now) if pod is not None else ()
        events = event_lines(facts, now)
        words: tuple[Line, ...] = (*about, line(), *around_lines(facts))
        self._events.set_lines(events)
        self.words.set_lines((*words, *events) if self._reads_aloud else words, back_to_top=back_to_top)

    def tell_ages(self) -> None:
        """Show how long ago things were."""
        self.paint_selected(back_to_top=False)
        self.paint_frame()

    def _selected(self) -> PodFacts | None:
        return None if self.table.cursor_is_gone else find_pod(self._facts, self.table.cursor_id)

    def works(self, action: Action) -> bool:
        """Return whether an action can do something for the pod under the cursor."""
        if action.id in ("pods.log", "pods.copy"):
            return self._selected() is not None
        return super().works(action)

    def action_scroll_text(self, rows: int) -> None:
        """Scroll the words, or the events where they are shown without the words."""
        (self._events if self.has_class("picture") else self.words).scroll_text(rows)

    @on(LiveTable.RowChosen)
    def _row_chosen(self, message: LiveTable.RowChosen) -> None:
        """Show the log of the pod whose row was chosen; the cursor may be on another by now."""
        pod = find_pod(self._facts, message.row_id)
        if pod is not None:
            self.console.open_pod_log(self.model_id, pod)

    def action_log(self) -> None:
        """Show the log of the pod under the cursor."""
        pod = self._selected()
        if pod is not None:
            self.console.open_pod_log(self.model_id, pod)

    def action_copy(self) -> None:
        """Copy how the pod is."""
        pod = self._selected()
        if pod is not None:
            self.console.ways_out.copy(f"{pod.name.shown}: {pod_in_words(pod, self.console.present)}")

"""The last lines of the log of one pod: followed while the newest is in view, held still while it is not."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from console.domain.cluster_facts import ClusterFacts, ContainerFacts, PodFacts, PodLog
from console.domain.command import StopWatchingPodLog, WatchPodLog
from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.snapshot import Snapshot
from console.tui.actions.action import Action, Where
from console.tui.actions.registry import actions_in
from console.tui.bindings import bindings_of
from console.tui.panels.cluster_words import end_in_words, pod_in_words
from console.tui.panels.lines import Line, Span, line
from console.tui.panels.text_block import TextBlock
from console.tui.screens.base import ConsoleScreen
from console.tui.trail import FLEET_CRUMB, Crumb
from console.tui.widgets.cells import shorten


class PodLogScreen(ConsoleScreen):
    """The pod keeps its identity: another one of the same name is not shown in its place."""

    WHERE = Where.LOG
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(actions_in(Where.LOG)))

    DEFAULT_CSS = """
    PodLogScreen {
        & > #place { height: 1; padding: 0 1; background: $surface; }
        & > #log { height: 1fr; padding: 0 1; }
    }
    """

    def __init__(self, model_id: str, pod: PodFacts) -> None:
        super().__init__()
        self.model_id = model_id
        self._pod = pod
        self._is_gone = False
        self._container = pod.default_container
        self._previous = False
        self._shown: PodLog | None = None
        self._newer: PodLog | None = None
        self._place = TextBlock(id="place")
        self._log = TextBlock(id="log")

    def compose_body(self) -> Iterable[Widget]:
        """Return the place and the log."""
        return self._place, self._log

    def on_mount(self) -> None:
        """Ask for the log."""
        self._ask()

    def on_unmount(self) -> None:
        """Ask for it no longer, unless a log was opened again before this one was gone."""
        others = (each for each in self.app.screen_stack if each is not self)
        if not any(isinstance(each, PodLogScreen) for each in others):
            self.send(StopWatchingPodLog())

    def _ask(self) -> None:
        self._shown = self._newer = None
        self.send(WatchPodLog(self.model_id, self._pod.uid, self._container, self._previous))
        self.paint()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Paint header and footer."""
        self.paint_frame()

    def show_cluster(self, facts: ClusterFacts) -> None:
        """Tell how the pod is by now."""
        if facts.model_id == self.model_id and facts.pods.problem is None and facts.detail is None:
            known = next((each for each in facts.pods.value if each.uid == self._pod.uid), None)
            self._pod, self._is_gone = known or self._pod, known is None
            self._paint_place()

    def show_log(self, log: PodLog) -> None:
        """Show the newest lines, unless a person reads older ones: then nothing moves before they go to the end."""
        asked = (self.model_id, self._pod.uid, self._container, self._previous)
        if (log.model_id, log.pod_uid, log.container, log.previous) != asked:
            return
        if self._shown is not None and self._shown.lines and not self._log.is_at_end:
            self._newer = log
        else:
            self._take(log)
        self._paint_place()

    def _take(self, log: PodLog) -> None:
        if log.detail is not None and self._shown is not None and self._shown.lines:
            self._newer = log  # what could not be read again stays, with the reason above
            return
        self._shown, self._newer = log, None
        self._log.set_lines(self._lines())
        self._log.scroll_to_end()

    def _lines(self) -> tuple[Line, ...]:
        log = self._shown
        if log is None:
            return (line(Span("reading the log …", "muted")),)
        if log.detail is not None:
            return (line(Span("? ", "unknown"), Span(log.detail), wraps=True),)
        if not log.lines:
            return (line(Span("the log is empty", "muted")),)
        cut = (line(Span("older lines, or the ends of long ones, are left out", "muted")),) if log.is_cut else ()
        return (*cut, *(line(Span(each), wraps=True) for each in log.lines))

    def paint(self) -> None:
        """Show the log."""
        self._log.set_lines(self._lines())
        self._paint_place()

    def tell_ages(self) -> None:
        """Show how long ago things were."""
        self._paint_place()

    def _paint_place(self) -> None:
        now = self.console.present
        what = [Span(f"{self._container_in_words()}  ", "strong")]
        if self._previous:
            selected = self._selected()
            last = selected.last_end if selected is not None else None
            ended = f", which ended: {end_in_words(last, now)}" if last is not None else ""
            what.append(Span(f"before the last restart{ended}  ", "warning"))
        state = "gone by now" if self._is_gone else pod_in_words(self._pod, now)
        what.append(Span(state, "warning" if self._is_gone or self._pod.trouble else "muted"))
        self._place.set_lines((line(*what, right=self._age()),))
        self.paint_frame()

    def _age(self) -> tuple[Span, ...]:
        if self._newer is not None and self._newer.detail is not None:
            return (Span(shorten(f"not read again: {self._newer.detail}", max(20, self.size.width // 2)), "unknown"),)
        if self._shown is None:
            return ()
        held = Span(f"held at {clock_time(self._shown.at)} UTC, newer below", "warning")
        return (held if self._newer is not None else Span(f"as of {clock_time(self._shown.at)} UTC", "muted"),)

    def _selected(self) -> ContainerFacts | None:
        return next((each for each in self._pod.containers if each.name.raw == self._container), None)

    def _container_in_words(self) -> str:
        """Return the container, and which of how many it is."""
        names, shown = [each.name.raw for each in self._pod.containers], harmless(self._container)
        if len(names) < 2 or self._container not in names:
            return shown
        return f"{shown} ({names.index(self._container) + 1} of {len(names)})"

    def works(self, action: Action) -> bool:
        """Return whether an action can do something now."""
        match action.id:
            case "log.container":
                return len(self._pod.containers) > 1
            case "log.previous":
                selected = self._selected()
                return self._previous or (selected is not None and selected.restarts > 0)
            case "log.copy":
                return self._shown is not None and bool(self._shown.lines)
            case _:
                return True

    def label_of(self, action: Action) -> str:
        """Return what the footer calls an action here and now."""
        if action.id == "log.previous" and self._previous:
            return "log of now"
        return super().label_of(action)

    @property
    def subject(self) -> str:
        """Return what the screen is about."""
        return f"{self.model_id}-{self._pod.name.shown}-log"

    @property
    def model_here(self) -> str | None:
        """Return the model."""
        return self.model_id

    def trail(self) -> tuple[Crumb, ...]:
        """Return the way to this screen."""
        return (
            FLEET_CRUMB,
            self.console.crumb_of(self.model_id),
            Crumb(Where.PODS.value),
            Crumb(self._pod.name.shown),
        )

    def action_scroll_text(self, rows: int) -> None:
        """Scroll the log."""
        self._log.scroll_text(rows)
        self._catch_up()

    def action_page(self, pages: int) -> None:
        """Scroll by as much as is seen, but a line."""
        self.action_scroll_text(pages * max(1, self._log.size.height - 1))

    def action_to_first(self) -> None:
        """Go to the oldest line."""
        self._log.set_lines(self._lines(), back_to_top=True)

    def action_to_last(self) -> None:
        """Go to the newest line, and follow it."""
        self._log.scroll_to_end()
        self._catch_up()

    def _catch_up(self) -> None:
        """Show what came while older lines were read, once the end is in view."""
        if self._newer is not None and self._log.is_at_end:
            self._take(self._newer)
        self._paint_place()

    def action_next_container(self) -> None:
        """Show the log of the next container."""
        names = [each.name.raw for each in self._pod.containers]
        place = names.index(self._container) if self._container in names else -1
        self._container, self._previous = names[(place + 1) % len(names)], False
        self._ask()

    def action_other_run(self) -> None:
        """Show the log from before the last restart, or that of now."""
        self._previous = not self._previous
        self._ask()

    def action_copy(self) -> None:
        """Copy the lines."""
        if self._shown is not None:
            self.console.ways_out.copy("\n".join(self._shown.lines), lines=True)

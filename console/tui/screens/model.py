"""One model: its signals over a range of time, and its incident in words."""

from collections.abc import Iterable
from typing import ClassVar

import msgspec
from textual.binding import BindingType
from textual.containers import Container
from textual.widget import Widget

from console.domain.anomaly import PlaybookOffer
from console.domain.cluster_facts import ClusterFacts
from console.domain.command import StopWatching, StopWatchingCluster, WatchCluster, WatchModel
from console.domain.link import Link
from console.domain.run import Run
from console.domain.signal import FROM_PREDICTIONS
from console.domain.snapshot import ModelDetail, ModelView
from console.tui.actions.action import Action, Where
from console.tui.actions.registry import actions_in
from console.tui.bindings import bindings_of
from console.tui.panels.charts import charts_of
from console.tui.panels.incident import incident_lines, place_line
from console.tui.panels.lines import Line, Span, line
from console.tui.panels.pods import cluster_lines, worst_in_brief
from console.tui.panels.summary import offers_of
from console.tui.panels.text_block import TextBlock
from console.tui.screens.one_model import OneModelScreen
from console.tui.spoken.charts import chart_lines
from console.tui.time_range import TimeRange
from console.tui.trail import FLEET_CRUMB, Crumb
from console.tui.widgets.chart import Chart
from console.tui.widgets.chart_data import ChartData

MOST_CHARTS = 11


class ModelScreen(OneModelScreen):
    """Charts in a grid beside the incident; below it where the screen is narrow."""

    WHERE = Where.MODEL
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(actions_in(Where.MODEL)))

    DEFAULT_CSS = """
    ModelScreen {
        & > #place { height: 1; padding: 0 1; background: $surface; }
        & > #body { layout: horizontal; height: 1fr; }
        & #charts { layout: grid; grid-size: 2; grid-gutter: 1 3; width: 1fr; height: 1fr; padding: 1 1 0 1; }
        & #charts > Chart { height: 1fr; display: none; }
        & #charts > Chart.used { display: block; }
        & #incident { width: 40; height: 1fr; border-left: solid $foreground-disabled; padding: 1 1 0 1; }
        &.-narrow > #body, &.-tiny > #body { layout: vertical; }
        &.-narrow #charts, &.-tiny #charts { grid-gutter: 0 2; padding: 0 1; }
        &.-narrow #incident, &.-tiny #incident {
            width: 1fr; height: 8; border-left: none; border-top: solid $foreground-disabled; padding: 0 1;
        }
        &.-tiny #charts { grid-size: 1; }
        &.-low #charts { height: 4; }
        &.-low.-tiny #charts { grid-rows: 1; }
        &.-low.-tiny.maximised #charts { grid-rows: 1fr; }
        &.-low #incident { height: 1fr; border-top: none; }
        & #incident.selected { border-left: heavy $accent; }
        &.-narrow #incident.selected, &.-tiny #incident.selected { border-left: none; border-top: heavy $accent; }
        &.-low #incident.selected { border-top: none; }
        &.maximised #charts { grid-size: 1; height: 1fr; }
        &.maximised #charts > Chart { display: none; }
        &.maximised #charts > Chart.selected { display: block; }
        &.maximised #incident { display: none; }
        &.maximised.words #charts { display: none; }
        &.maximised.words #incident { display: block; width: 1fr; height: 1fr; border: none; }
        &.-plain #charts { display: none; }
        &.-plain #incident { width: 1fr; height: 1fr; border: none; }
    }
    """

    def __init__(self, model_id: str) -> None:
        super().__init__()
        self.model_id = model_id
        self._place = TextBlock(id="place")
        self._charts = tuple(Chart() for _ in range(MOST_CHARTS))
        self._incident = TextBlock(id="incident")
        self._selected: int | None = None
        self._range = TimeRange(0.0)
        self._detail: ModelDetail | None = None
        self._pictures: tuple[ChartData, ...] = ()
        self._painted_offers: tuple[PlaybookOffer, ...] = ()

    def compose_body(self) -> Iterable[Widget]:
        """Return the place, the charts and the incident."""
        return self._place, Container(Container(*self._charts, id="charts"), self._incident, id="body")

    def on_mount(self) -> None:
        """Ask for the series of the model."""
        self.send(WatchCluster(self.model_id))
        self._show_range(TimeRange(self.console.window))

    def on_unmount(self) -> None:
        """Ask for them no longer, unless another model was opened instead."""
        others = (each for each in self.app.screen_stack if each is not self)
        if not any(isinstance(each, ModelScreen) for each in others):
            self.send(StopWatchingCluster())
            self.send(StopWatching())

    def paint(self) -> None:
        """Show the newest snapshot."""
        self._paint_words()

    def show_run(self, run: Run) -> None:
        """Show what an open run of the model waits for."""
        if self.is_current:
            self._paint_words()

    def show_detail(self, detail: ModelDetail) -> None:
        """Show the newest series."""
        if detail.view.model.id != self.model_id:
            return
        had = self._panel_count()
        self._detail = detail
        self._pictures = charts_of(detail)[:MOST_CHARTS]
        if self._selected is not None and self._panel_count() != had:
            last = self._panel_count() - 1
            self._select(last if self.has_class("words") else min(self._selected, last))
        for index, chart in enumerate(self._charts):
            is_used = index < len(self._pictures)
            chart.set_class(is_used, "used")
            if is_used:
                chart.update_data(self._picture(index))
        self._paint_words()

    def show_cluster(self, facts: ClusterFacts) -> None:
        """Show what the cluster says."""
        if facts.model_id == self.model_id:
            self._paint_words()

    def _picture(self, index: int) -> ChartData:
        data = self._pictures[index]
        return msgspec.structs.replace(data, title=f"▸ {data.title}") if index == self._selected else data

    def _panel_count(self) -> int:
        """Return how many panels there are: the charts, and the words beside them."""
        return len(self._pictures) + 1

    def _select(self, place: int | None) -> None:
        """Select a chart, the words behind the last of them, or nothing."""
        self._selected = place
        last = self._panel_count() - 1
        for index, chart in enumerate(self._charts):
            chart.set_class(index == place, "selected")
            if index < last:
                chart.update_data(self._picture(index))
        self._incident.set_class(place == last, "selected")
        self.set_class(place == last, "words")
        self.paint_frame()

    @property
    def is_maximised(self) -> bool:
        """Return whether one panel has all the room."""
        return self.has_class("maximised")

    def action_next_panel(self, steps: int) -> None:
        """Select the next panel, or the one before."""
        count = self._panel_count()
        if self._selected is None:
            self._select(0 if steps > 0 else count - 1)
        else:
            self._select((self._selected + steps) % count)

    def action_maximise(self) -> None:
        """Give the selected panel all the room, or every panel its own again."""
        if self._selected is None:
            self._select(0)
        self.toggle_class("maximised")
        self.paint_frame()

    def action_back(self) -> None:
        """Give every panel its room, else take the selection away, else go one level up."""
        if self.is_maximised:
            self.action_maximise()
        elif self._selected is not None:
            self._select(None)
        else:
            self.leave()

    def label_of(self, action: Action) -> str:
        """Return what the footer calls an action here and now."""
        if action.id == "model.maximise" and self.is_maximised:
            return "all panels"
        return super().label_of(action)

    def view_here(self) -> ModelView | None:
        """Return the model, None where the fleet does not hold it any more."""
        snapshot = self.console.snapshot
        return snapshot.find(self.model_id) if snapshot is not None else None

    def _paint_words(self) -> None:
        view, snapshot = self.view_here(), self.console.snapshot
        self._painted_offers = offers_of(view)
        if view is None or snapshot is None:
            gone = Span("this model is no longer in the fleet; what is shown is old", "warning")
            self._place.set_lines((line(gone),))
        else:
            runs = self.console.runs.open_of(self.model_id)
            told = incident_lines(view, self._detail, snapshot.at, self._painted_offers, runs, self._cluster_lines())
            if self.console.look.is_plain and self._detail is not None:
                told = (*told, line(), line(Span("signals", "title")), *chart_lines(self._detail))
            self._place.set_lines((place_line(view, worst_in_brief(self._facts, self.console.present)),))
            self._incident.set_lines(told)
        self.paint_frame()

    @property
    def _facts(self) -> ClusterFacts | None:
        known = self.console.cluster
        return known if known is not None and known.model_id == self.model_id else None

    def _cluster_lines(self) -> tuple[Line, ...]:
        return cluster_lines(self._facts, self.console.present, self.console.keymap.first_key("model.pods"))

    @property
    def subject(self) -> str:
        """Return what the screen is about."""
        return self.model_id

    def trail(self) -> tuple[Crumb, ...]:
        """Return the way to this screen."""
        return FLEET_CRUMB, self.console.crumb_of(self.model_id)

    def hint(self) -> tuple[Span, ...]:
        """Return the range."""
        snapshot = self.console.snapshot
        at = snapshot.at if snapshot is not None else self.console.now()
        return (Span(self._range.in_words(at), "loud" if self._range.shift else "muted"),)

    def works(self, action: Action) -> bool:
        """Return whether an action can do something for this model now."""
        match action.id:
            case "model.playbook":
                return bool(self._painted_offers)
            case "model.later":
                return self._range.shift > 0
            case "model.now":
                return self._range != TimeRange(self.console.window)
            case "model.zoom_in" | "model.zoom_out":
                return self._range.zoomed(1 if action.id == "model.zoom_out" else -1) != self._range
            case "model.links":
                return bool(self._links())
            case "model.export":
                return self._detail is not None
            case "model.maximise" | "model.next_panel" | "model.previous_panel":
                return not self.console.look.is_plain
            case _:
                return self.works_for_model(action) is not False

    def is_told(self, action: Action) -> bool:
        """Return whether the footer tells of an action: of drift, quality and pods where there is something to tell."""
        view = self.view_here()
        if action.id == "model.pods":
            return view is not None and view.workload is not None
        if action.id not in ("model.drift", "model.quality"):
            return True
        return view is not None and any(signal.name in view.readings for signal in FROM_PREDICTIONS)

    def _show_range(self, shown: TimeRange) -> None:
        self._range = shown
        self.send(WatchModel(self.model_id, shown.span, shown.shift))
        self.paint_frame()

    @property
    def model_here(self) -> str | None:
        """Return the model."""
        return self.model_id

    def show_window(self, span: float) -> None:
        """Show so much time to now."""
        self._show_range(TimeRange(span))

    def action_shift(self, halves: int) -> None:
        """Go into the past or towards now."""
        self._show_range(self._range.shifted(halves))

    def action_zoom(self, steps: int) -> None:
        """Show more or less time."""
        self._show_range(self._range.zoomed(steps))

    def action_to_now(self) -> None:
        """Go back to the configured range."""
        self._show_range(TimeRange(self.console.window))

    def action_scroll_text(self, rows: int) -> None:
        """Scroll the incident."""
        self._incident.scroll_text(rows)

    def action_playbook(self, number: int) -> None:
        """Follow the playbook that was painted under a number."""
        if number <= len(self._painted_offers):
            self.console.open_playbook(self.model_id, self._painted_offers[number - 1].id)

    def action_drift(self) -> None:
        """Show which columns moved."""
        self.console.open_drift(self.model_id)

    def action_pods(self) -> None:
        """Show the pods, and what the cluster says around them."""
        self.console.open_pods(self.model_id)

    def action_quality(self) -> None:
        """Show how good the predictions are."""
        self.console.open_quality(self.model_id)

    def _links(self) -> tuple[Link, ...]:
        """Return the links for the range that is shown; before its series came, those of the snapshot."""
        view = self.view_here()
        return self._detail.links if self._detail is not None else view.links if view is not None else ()

    def action_links(self) -> None:
        """List the links of the model."""
        if links := self._links():
            self.console.open_links(self.model_id, links)

    def action_export(self) -> None:
        """Write what the charts show as CSV."""
        if self._detail is not None:
            self.console.ways_out.export_detail(self._detail)

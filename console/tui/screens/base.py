"""What every screen has: the header, the footer with the keys that work now, and what the engine published last."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from console.domain.cluster_facts import ClusterFacts, PodLog
from console.domain.command import Command
from console.domain.model_actions import ModelActions
from console.domain.prediction_detail import PredictionDetail
from console.domain.run import Run
from console.domain.snapshot import ModelDetail, Snapshot
from console.tui.actions.action import Action, Where
from console.tui.actions.registry import action_of_method
from console.tui.compositor import FrugalCompositor
from console.tui.header import NARROW, count_line, title_line
from console.tui.panels.lines import Line, Span, cells_of, line
from console.tui.panels.text_block import PLAIN_CLASS, TextBlock
from console.tui.trail import Crumb, crumb_at, trail_spans
from console.tui.widgets.cells import shorten

if TYPE_CHECKING:
    from console.tui.app import ConsoleApp
    from console.tui.drafts import NoteSubject
    from console.tui.prompt.line import Prompt
    from console.tui.prompt.note import NoteLine

WIDTH_CLASSES = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]
HEIGHT_CLASSES = [(0, "-low"), (16, "-short"), (30, "-high")]
"""From how many cells or lines on a screen has a class."""

_LONGEST_LABEL = 24
_LEAST_SAID = 16


class ConsoleScreen(Screen[None]):
    """A screen between the header and the footer."""

    WHERE: ClassVar[Where] = Where.EVERYWHERE
    AUTO_FOCUS: ClassVar[str | None] = ""  # an input that nobody asked for would swallow keys

    DEFAULT_CSS = """
    ConsoleScreen {
        layout: vertical;
        layers: default over;
        & > #header { height: 2; background: $surface; }
        & > #footer { height: 1; background: $surface; dock: bottom; }
        & > #news { display: none; height: 3; dock: bottom; margin-bottom: 2; }
        &.-plain > #header { height: 4; }
        &.-plain > #footer { height: 2; }
        &.-plain > #news { display: block; }
        &.-low.-plain > #news { height: 1; margin-bottom: 1; }
        &.-low.-plain > #header { height: 2; }
        &.-low.-plain > #footer { height: 1; }
        &.-plain TextBlock { padding: 0; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._compositor = FrugalCompositor()
        self._header = TextBlock(id="header")
        self._footer = TextBlock(id="footer")
        self._news = TextBlock(id="news")
        self._prompt: Prompt | None = None
        self._note: NoteLine | None = None
        self._focused_before: Widget | None = None

    @property
    def is_current(self) -> bool:
        """Return whether somebody sees it: Textual would also have a screen painted that lies behind an opaque one."""
        front = self.app.screen_stack[-1:]
        return super().is_current and (front == [self] or not isinstance(front[0], ConsoleScreen))

    @property
    def console(self) -> "ConsoleApp":
        """Return the application."""
        return cast("ConsoleApp", self.app)

    def compose(self) -> ComposeResult:
        """Lay out header, body and footer, at once as the terminal's size wants it: the first frame never jumps."""
        for extent, breakpoints in zip(self.app.size, (WIDTH_CLASSES, HEIGHT_CLASSES), strict=True):
            self.add_class([name for least, name in breakpoints if extent >= least][-1])
        self.set_class(self.console.look.is_plain, PLAIN_CLASS)
        yield self._header
        yield from self.compose_body()
        if self.console.look.is_plain:
            yield self._news
        yield self._footer

    def compose_body(self) -> Iterable[Widget]:
        """Return the widgets between header and footer."""
        return ()

    def on_mount(self) -> None:
        """Show what is already known."""
        self.paint()

    def on_screen_suspend(self) -> None:
        """Forget what was painted: Textual keeps the caches of hundreds of widgets that are gone, with all lines."""
        for widget in (self, *self.query()):
            widget._styles_cache.clear()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Show what came while another screen was in front.

        Its styles were matched when it was made, and with every other theme since: Textual would do so once more.
        """
        event.refresh_styles = False
        self.paint()

    def on_resize(self) -> None:
        """Say as much in header and footer as there is room for."""
        self.paint_frame()

    def paint(self) -> None:
        """Show the newest of everything."""
        self.paint_frame()

    def paint_frame(self) -> None:
        """Show header and footer."""
        snapshot, width = self.console.snapshot, self.size.width
        right = self._right(width)
        colour = self.console.colour_of(snapshot.context) if snapshot is not None else None
        runs = self.console.runs.count(is_short=width < NARROW)
        title = title_line(snapshot, self.console.now(), width, colour, runs)
        where = count_line(snapshot, self.crumbs(), right)
        # Read aloud a line may take two rows: on a low screen the other one is cut.
        first_is_where = self.console.look.is_plain and self.has_class("-low")
        self._header.set_lines((where, title) if first_is_where else (title, where))
        self._footer.set_lines((self.footer_line(width),))
        if (announcements := self.console.announcements) is not None:
            told = announcements.lines
            self._news.set_lines(told, keep=max(0, len(told) - 1))

    def _right(self, width: int) -> tuple[Span, ...]:
        """Return the hint behind what was just said, which hides nothing that a key depends on: only what is muted."""
        hint, said = self.hint(), self.console.said
        if said is None:
            return hint
        if cells_of((said,)) > width // 2 - cells_of(hint):
            hint = tuple(span for span in hint if span.style != "muted")
        room = max(_LEAST_SAID, width // 2 - cells_of(hint))
        return (Span(shorten(said.text, room), said.style), *((Span("  "), *hint) if hint else ()))

    def tell_ages(self) -> None:
        """Show how long ago things were, while nothing new comes."""
        self.paint_frame()

    @property
    def subject(self) -> str:
        """Return what the screen is about, as files that it is written to are called."""
        return self.WHERE.value

    def trail(self) -> tuple[Crumb, ...]:
        """Return the way to this screen; empty on the fleet, which shows counts instead."""
        return ()

    def crumbs(self) -> tuple[Span, ...]:
        """Return the way to this screen as it is shown."""
        return trail_spans(self.trail())

    def on_click(self, event: events.Click) -> None:
        """Go to the level whose crumb was clicked."""
        offset = event.get_content_offset(self._header) if event.widget is self._header else None
        if offset is not None and offset.y == 1 and (crumb := crumb_at(self.trail(), offset.x)) is not None:
            self.console.go_to(crumb)

    def hint(self) -> tuple[Span, ...]:
        """Return what stands at the right of the second line."""
        return ()

    def footer_line(self, width: int) -> Line:
        """Return the keys that work now, as many as fit, and the help always."""
        *others, last = self.footer_keys() or [("", "")]
        spans: list[Span] = []
        room = width - cells_of(_key(*last))
        for entry in others:
            spans_of_key = _key(*entry)
            if cells_of(spans_of_key) > room:
                break
            room -= cells_of(spans_of_key)
            spans.extend(spans_of_key)
        return line(*spans, *_key(*last))

    def footer_keys(self) -> list[tuple[str, str]]:
        """Return (key, what it does) of the keys that work now, the most important first; the last is always shown."""
        told = [action for action in self.actions() if action.in_footer and action.keys and self.is_told(action)]
        working = [action for action in told if self.works(action)]
        ordered = sorted(working, key=lambda action: action.id == "app.help")
        return [(action.shown_keys.split(" ")[0], self.label_of(action)) for action in ordered]

    def actions(self) -> tuple[Action, ...]:
        """Return the actions of this screen with the keys that they have here."""
        return self.console.keymap.actions_in(self.WHERE)

    def label_of(self, action: Action) -> str:
        """Return what the footer calls an action here and now."""
        subject = self.note_subject() if action.name == "note" else None
        if subject is not None and self.console.drafts.of(subject).text:
            return "go on with the note"
        return action.label

    def works(self, action: Action) -> bool:
        """Return whether an action can do something here and now."""
        return True

    def is_told(self, action: Action) -> bool:
        """Return whether the footer tells of an action while it works; the help tells of all."""
        return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Refuse actions of the registry that cannot do anything now; nothing is changed while somebody types."""
        known = action_of_method(self.WHERE, action, parameters)
        if known is not None and (known.mutates or known.opens_field) and self.is_typing:
            return False
        return True if known is None else self.works(known)

    @property
    def is_typing(self) -> bool:
        """Return whether an input has the keys."""
        return isinstance(self.focused, Input)

    def send(self, command: Command) -> None:
        """Ask the engine for something."""
        self.console.send(command)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Paint a new snapshot."""
        self.paint()

    def show(self, value: ModelDetail | PredictionDetail | ClusterFacts | PodLog | ModelActions | Run) -> None:
        """Paint whatever the engine published beside a snapshot, where the screen is about it."""
        match value:
            case ModelDetail():
                self.show_detail(value)
            case PredictionDetail():
                self.show_predictions(value)
            case ModelActions():
                self.show_actions(value)
            case ClusterFacts():
                self.show_cluster(value)
            case PodLog():
                self.show_log(value)
            case Run():
                self.show_run(value)

    def show_detail(self, detail: ModelDetail) -> None:
        """Paint a new detail of a model."""

    def show_predictions(self, detail: PredictionDetail) -> None:
        """Paint the newest drift and quality of a model."""

    def show_actions(self, actions: ModelActions) -> None:
        """Paint the newest list of the actions of a model."""

    def show_cluster(self, facts: ClusterFacts) -> None:
        """Paint the newest of what the cluster says of a model."""

    def show_log(self, log: PodLog) -> None:
        """Paint the newest lines of a log."""

    def show_run(self, run: Run) -> None:
        """Paint a new state of a run: the header counts those that are open; behind another screen nobody sees it."""
        if self.is_current:
            self.paint_frame()

    def painted(self) -> str:
        """Return what is painted, as text."""
        rows = self._compositor.render_strips()  # Textual has no public way to read a screen but as SVG
        return "".join(f"{row.text.rstrip()}\n" for row in rows)

    @property
    def model_here(self) -> str | None:
        """Return the id of the model that the screen is about, None where it is about none."""
        return None

    def show_window(self, span: float) -> None:
        """Show so many seconds, where time is shown."""

    async def action_command(self) -> None:
        """Take a line."""
        from console.tui.prompt.line import Prompt
        from console.tui.prompt.words import vocabulary_of

        if self._prompt is None:
            self._prompt = Prompt(reads_aloud=self.console.look.is_plain)
            await self.mount(self._prompt)
        if not self._prompt.has_keys:
            self._focused_before = self.focused
        keeping = self.console.keeping
        self._prompt.open(vocabulary_of(self), keeping.history, keeping.remember)

    def note_subject(self) -> "NoteSubject | None":
        """Return what a note that is written here is about, None where there is nothing to write one about."""
        return None

    async def action_note(self) -> None:
        """Take a note."""
        from console.tui.prompt.note import NoteLine

        subject = self.note_subject()
        if subject is None:
            return
        if self._note is None:
            self._note = NoteLine(self.console.drafts, self.console.write_note)
            await self.mount(self._note)
        if not self._note.has_keys:
            self._focused_before = self.focused
        self._note.open(subject)

    async def action_jump(self) -> None:
        """Find a model by its name."""
        await self.console.open_jump(self.trail())

    def on_over_line_left(self) -> None:
        """Give the keys back to what had them."""
        self.set_focus(self._focused_before)

    def action_back(self) -> None:
        """Go one level up."""
        self.leave()

    @property
    def is_in_front(self) -> bool:
        """Return whether keys mean this screen: one that was typed ahead may find it closed, or under another."""
        stack = self.app.screen_stack
        return len(stack) > 1 and stack[-1] is self

    def leave(self) -> None:
        """Close this screen where it is in front."""
        if self.is_in_front:
            self.app.pop_screen()


def _key(key: str, told: str) -> tuple[Span, ...]:
    return (Span(f" {key} ", "key"), Span(f"{shorten(told, _LONGEST_LABEL)} ", "muted"))

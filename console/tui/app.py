"""The application: it wires the engine to the screens, and holds nothing but what was published last."""

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import events, on
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.filter import LineFilter
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from console.domain.cluster_facts import ClusterFacts
from console.domain.command import AddNote, Command, EndRun, Refresh, SetPaused, StartAction
from console.domain.label import harmless
from console.domain.model import Model
from console.domain.prediction_detail import PredictionDetail
from console.domain.run import Run
from console.domain.snapshot import Snapshot
from console.headless.exit_codes import ExitCode
from console.settings.screen import ContextColour
from console.tui.arming import ARMING_SECONDS
from console.tui.context_colour import colour_of
from console.tui.deltas import Deltas
from console.tui.drafts import Drafts, NoteSubject
from console.tui.glyphs import DrawableGlyphs
from console.tui.keeping import Keeping
from console.tui.known_runs import KnownRuns
from console.tui.look import DEFAULT_LOOK, Look
from console.tui.messages import EndAsked, EngineCrashed, Published, Value
from console.tui.navigation import Navigation
from console.tui.outside.surroundings import Surroundings
from console.tui.panels.lines import Span
from console.tui.preferences import NO_PREFERENCES, Preferences
from console.tui.screens.base import HEIGHT_CLASSES, WIDTH_CLASSES, ConsoleScreen
from console.tui.screens.fleet import FleetScreen
from console.tui.spare_run import SpareRun
from console.tui.themes import GREYS, THEME_NAMES, themes

if TYPE_CHECKING:
    from console.tui.outside.ways_out import WaysOut
    from console.tui.spoken.news import Announcements

_SECONDS_BETWEEN_AGES = 1.0
_SECONDS_SAID = 6.0
_LONGEST_SAID = 2000
_NOWHERE = Surroundings()


class ConsoleEngine(Protocol):
    """What the application needs of an engine."""

    def start(self) -> None:
        """Start publishing."""

    def send(self, command: Command) -> None:
        """Take a command from any thread."""

    def stop(self, seconds: float) -> bool:
        """End, and return whether it did in time."""


def _registry_commands() -> type[Provider]:
    from console.tui.palette import RegistryCommands

    return RegistryCommands


def _announcements() -> "Announcements":
    from console.tui.spoken.news import Announcements

    return Announcements()


MakeEngine = Callable[[Callable[[Value], None], Callable[[BaseException], None]], ConsoleEngine]
"""Makes an engine that calls the first function with all it publishes and the second when it crashed."""


class ConsoleApp(Navigation, inherit_bindings=False):
    """Shows what an engine publishes and sends it commands.

    `window` is the range (seconds) that charts begin with, `look` how it is drawn, `clock` returns UTC seconds, `me` is
    who sits here, as the journal calls them (`ann@bastion`). `on_first_snapshot` is called once the first snapshot was
    painted. After the application has ended, `failure` is the error that ended it, if one did.
    """

    TITLE = "incident-console"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_registry_commands}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+p", "command_palette", show=False, id="app.palette")]
    HORIZONTAL_BREAKPOINTS = WIDTH_CLASSES
    VERTICAL_BREAKPOINTS = HEIGHT_CLASSES

    def __init__(
        self,
        make_engine: MakeEngine,
        *,
        window: float = 3600.0,
        look: Look = DEFAULT_LOOK,
        clock: Callable[[], float] = time.time,
        arming_seconds: float = ARMING_SECONDS,
        surroundings: Surroundings = _NOWHERE,
        preferences: Preferences = NO_PREFERENCES,
        me: str = "",
        on_first_snapshot: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self.preferences = preferences
        self.keymap = preferences.keymap
        self.set_keymap(self.keymap.for_textual())
        self.window = window
        self.me = me
        self._on_first_snapshot = on_first_snapshot
        self.surroundings = surroundings
        self.arming_seconds = arming_seconds
        self.spare_run = SpareRun(self, arming_seconds)
        self.now = clock
        self.keeping = Keeping(preferences, lambda told: self.say(told, is_bad=True))
        self.deltas = Deltas()
        self.snapshot: Snapshot | None = None
        self.predictions: PredictionDetail | None = None
        self.cluster: ClusterFacts | None = None
        self.failure: BaseException | None = None
        self.said: Span | None = None
        self._forgets_said: Timer | None = None
        self.runs = KnownRuns()
        self.drafts = Drafts()
        self._asked_actions = count(1)
        self._forsaken: set[str | None] = set()
        self._left_in_spite_of: tuple[str, ...] = ()
        self._engine = make_engine(self._publish, self._crashed)
        self._engine_is_started = False
        self.look = look
        self.announcements = _announcements() if look.is_plain else None
        self._drawable_glyphs = DrawableGlyphs(look.can_draw)
        for theme in themes(few_colours=look.has_few_colours):
            self.register_theme(theme)
        self.theme = GREYS if self.no_color else look.theme

    def get_default_screen(self) -> Screen[None]:
        """Return the fleet."""
        return FleetScreen(reads_aloud=self.look.is_plain)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Keep every cursor steady, that of the palette too: a blinking one sends bytes twice a second."""
        if isinstance(event.widget, Input):
            event.widget.cursor_blink = False

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every painted line passes: Textual's filters, then ours."""
        return (*super().get_line_filters(), self._drawable_glyphs)

    def on_mount(self) -> None:
        """Start the engine as soon as something is seen."""
        self.call_after_refresh(self._start_engine)
        self.set_interval(_SECONDS_BETWEEN_AGES, self._tell_ages)

    def _start_engine(self) -> None:
        self._engine_is_started = True
        self._engine.start()

    def send(self, command: Command) -> None:
        """Ask the engine for something."""
        self._engine.send(command)

    def stop_engine(self, seconds: float) -> bool:
        """End the engine, from any thread, and return whether it ended in time."""
        return not self._engine_is_started or self._engine.stop(seconds)

    @property
    def present(self) -> float:
        """Return the instant that the screens speak of (UTC seconds): now, unless the past is shown."""
        snapshot = self.snapshot
        return self.now() if snapshot is None or snapshot.live else snapshot.at

    def _publish(self, value: Value) -> None:
        self.post_message(Published(value))

    def _crashed(self, error: BaseException) -> None:
        self.post_message(EngineCrashed(error))

    @on(Published)
    def _show_published(self, message: Published) -> None:
        value = message.value
        if isinstance(value, Snapshot):
            self.keeping.read_marks()
            self.snapshot = value
            self.deltas.take(value)
            if self.announcements is not None:
                self.announcements.take(value)
            if isinstance(self.screen, ConsoleScreen):
                self.screen.show_snapshot(value)
            if self._on_first_snapshot is not None:
                self.call_after_refresh(self._on_first_snapshot)
                self._on_first_snapshot = None
        else:
            if isinstance(value, Run):
                self.runs.take(value)
                if value.asked_as in self._forsaken and value.ended is None:
                    self._forsaken.discard(value.asked_as)
                    self.send(EndRun(value.id))
            elif isinstance(value, PredictionDetail):
                self.predictions = value
            elif isinstance(value, ClusterFacts):
                self.cluster = value
            for each in self.screen_stack:
                if isinstance(each, ConsoleScreen):
                    each.show(value)

    @on(EngineCrashed)
    def _leave_after_crash(self, message: EngineCrashed) -> None:
        self.failure = message.error
        self.exit(return_code=ExitCode.CRASHED)

    @on(EndAsked)
    def _leave(self) -> None:
        self.exit()

    def _tell_ages(self) -> None:
        if self.screen_stack and isinstance(self.screen, ConsoleScreen):  # none is left while the application ends
            self.screen.tell_ages()

    def say(self, text: str, *, is_bad: bool = False) -> None:
        """Tell something that needs no answer, for a while, above every screen; a toast would hide what keys act on."""
        if self.announcements is not None:
            self.announcements.say(text, is_bad=is_bad)
            self._show_said(None)
            return
        self._show_said(Span(harmless(text, _LONGEST_SAID), "critical" if is_bad else "ok"))
        if self._forgets_said is not None:
            self._forgets_said.stop()
        self._forgets_said = self.set_timer(_SECONDS_SAID, lambda: self._show_said(None))

    def _show_said(self, said: Span | None) -> None:
        self.said = said
        if isinstance(self.screen, ConsoleScreen):
            self.screen.paint_frame()

    def forsake(self, asked: StartAction) -> None:
        """End the run of an action, once it begins, that nobody waits for any more."""
        if asked.asked_as is not None:
            self._forsaken.add(asked.asked_as)

    def write_note(self, note: AddNote, subject: NoteSubject) -> None:
        """Have a note written into the journal."""
        self.send(note)
        self.say(f"{'to follow up' if note.follow_up else 'noted'} on {subject.told}: {note.text}")

    @cached_property
    def ways_out(self) -> "WaysOut":
        """Return what copies and exports; it is imported when it is first used."""
        from console.tui.outside.ways_out import WaysOut

        return WaysOut(self)

    @property
    def clipboard(self) -> str:
        """Return what was copied last, here."""
        return self.ways_out.copied

    def copy_to_clipboard(self, text: str) -> None:
        """Put a text of one line or several into the clipboard that the settings mean, and say so."""
        self.ways_out.copy(text, lines=True)

    def write_to_terminal(self, sequence: str) -> None:
        """Write a sequence between two frames; Textual knows none of those that are written here."""
        if self._driver is not None:
            self._driver.write(sequence)

    @on(Worker.StateChanged)
    def _tell_failure(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            self.say(f"that failed: {type(event.worker.error).__name__}", is_bad=True)

    def action_export_screen(self) -> None:
        """Write the screen in front as a picture and as text."""
        if isinstance(self.screen, ConsoleScreen):
            self.ways_out.export_screen(self.screen)

    def toggle_mark(self, model: Model) -> None:
        """Mark a model as the person's own, or take the mark away."""
        marks = self.keeping.marks
        if marks.is_by_settings(model):
            self.say(f"{model.shown_id} is yours by `mine` in the configuration", is_bad=True)
            return
        self.keeping.toggle_mark(model)
        if isinstance(self.screen, ConsoleScreen):
            self.screen.paint()

    def action_pause(self) -> None:
        """Stop or resume the refreshes."""
        self.send(SetPaused(not (self.snapshot is not None and self.snapshot.paused)))

    def action_refresh_now(self) -> None:
        """Read every source now."""
        self.send(Refresh())

    def colour_of(self, context: str | None) -> ContextColour | None:
        """Return what a cluster context is marked with."""
        return None if context is None else colour_of(context, self.look.context_colours)

    @property
    def theme_names(self) -> tuple[str, ...]:
        """Return the themes that can be chosen; none without colours."""
        return () if self.no_color else tuple(THEME_NAMES)

    async def action_quit(self) -> None:
        """Leave; where a note was begun, say so first and leave when asked again."""
        begun = self.drafts.texts
        if not begun or begun == self._left_in_spite_of:
            await super().action_quit()
            return
        self._left_in_spite_of = begun
        key = self.keymap.first_key("app.quit")
        self.say(f"{key} again leaves without {self.drafts.told}, not written down yet", is_bad=True)

    def action_other_theme(self) -> None:
        """Go on to the next theme; without colours there is nothing to change."""
        names = [str(name) for name in THEME_NAMES]
        if self.theme in names:
            self.theme = names[(names.index(self.theme) + 1) % len(names)]
            self.say(f"theme {self.theme}")

    def panic(self, *renderables: object) -> None:
        """Leave; what Textual would print holds text from outside."""
        self.failure = self.failure or RuntimeError("the terminal could not be read")
        self._return_code = ExitCode.CRASHED
        self._close_messages_no_wait()

    def _handle_exception(self, error: Exception) -> None:
        """Leave and keep the error: the report that Textual would print holds the locals of every frame."""
        self.failure = self.failure or error
        self._return_code = ExitCode.CRASHED
        if self._exception is None:  # what Pilot raises again
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        """Print nothing: the launcher reports."""
        self._exit_renderables.clear()

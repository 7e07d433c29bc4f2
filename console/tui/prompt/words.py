"""The words of the line: those of the registry's actions that work here, and those that take an argument."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from console.domain.command import AddNote
from console.domain.label import harmless
from console.domain.moments import BadMoment, in_words, parse_duration
from console.settings.nearest import did_you_mean
from console.tui.actions.action import Action, Where
from console.tui.actions.registry import ACTIONS
from console.tui.fleet_order import SORTABLE, Order, first_order
from console.tui.panels.summary import offers_of
from console.tui.prompt.vocabulary import BadCommand, Vocabulary, Word, find_model
from console.tui.time_range import LONGEST_SPAN, SHORTEST_SPAN

if TYPE_CHECKING:
    from console.tui.app import ConsoleApp
    from console.tui.screens.base import ConsoleScreen

_NOT_A_WORD = frozenset({"app.palette", "app.command"})
_PLACES = {
    Where.FLEET: "works on the fleet, not here",
    Where.MODEL: "works on a model, not here",
    Where.DRIFT: "works on the drift of a model, not here",
    Where.QUALITY: "works on the quality of a model, not here",
    Where.PLAYBOOK: "works in a playbook, not here",
    Where.LINKS: "works in the list of links, not here",
    Where.PODS: "works on the pods of a model, not here",
    Where.LOG: "works on the log of a pod, not here",
    Where.RUNS: "works in the list of runs, not here",
    Where.ACTIONS: "works in the list of actions, not here",
}
_ONLY_ITS_KEY = "what changes a system has no other way than its key"
_WORST = "worst"
_COLUMNS = (*SORTABLE, _WORST)
_DIRECTIONS = ("asc", "desc")
_USUAL_WINDOWS = ("15m", "1h", "6h", "1d", "7d")


def vocabulary_of(screen: "ConsoleScreen") -> Vocabulary:
    """Return what can be typed on a screen."""
    console = screen.console
    snapshot = console.snapshot
    models = [view.model.id for view in snapshot.models] if snapshot is not None else []
    words = {action.name: _of_action(screen, action) for action in screen.actions() if _is_word(action)}
    words |= {word.name: word for word in _with_arguments(screen, models)}
    elsewhere = {
        action.name: _PLACES[action.where]
        for action in ACTIONS
        if _is_word(action) and action.name not in words and action.where in _PLACES
    }
    elsewhere |= {action.name: _ONLY_ITS_KEY for action in ACTIONS if action.mutates}
    return Vocabulary(list(words.values()), elsewhere, models, console.jump_to)


def _is_word(action: Action) -> bool:
    return not action.mutates and not action.has_numbers and action.id not in _NOT_A_WORD


def _of_action(screen: "ConsoleScreen", action: Action) -> Word:
    def run(_argument: str) -> None:
        if not screen.works(action):
            raise BadCommand(f"{action.name}: there is nothing to do here now")
        screen.call_later(screen.run_action, action.method)

    return Word(action.name, action.help, run)


def _with_arguments(screen: "ConsoleScreen", models: Sequence[str]) -> Iterator[Word]:
    console = screen.console

    def show_filtered(text: str) -> None:
        console.show_fleet().show_filter(text)

    def shown_models() -> Sequence[str]:
        return models

    def open_model(typed: str) -> None:
        console.jump_to(find_model(typed, models))

    yield Word("model", "Open a model.", open_model, "NAME", shown_models)
    yield Word("filter", "Show only models that hold a text; without one all.", show_filtered, "TEXT")
    yield Word("sort", "Sort the fleet.", _sorter(console), "COLUMN [asc|desc]", _sort_candidates)
    yield Word("window", "Show so much time on a model.", _window_setter(screen), "DURATION", lambda: _USUAL_WINDOWS)
    yield Word("theme", "Change the colours.", _theme_setter(console), "NAME", lambda: console.theme_names)
    yield Word("playbook", "Follow a playbook.", _playbook_opener(screen), "ID", lambda: _offered(screen)[1])
    yield Word(
        "rehearse", "Follow a playbook without sending anything.", _rehearser(screen), "ID", lambda: _offered(screen)[1]
    )
    yield Word("note", "Write something down about what is shown.", _noter(screen), "TEXT")
    yield Word("q", "Leave.", lambda _: screen.call_later(screen.run_action, "app.quit"))


def _sort_candidates() -> Sequence[str]:
    return (*_COLUMNS, *(f"{column} {direction}" for column in SORTABLE for direction in reversed(_DIRECTIONS)))


def _sorter(console: "ConsoleApp") -> Callable[[str], None]:
    def sort(argument: str) -> None:
        column, _, direction = argument.partition(" ")
        direction = direction.strip()
        if column not in _COLUMNS:
            raise BadCommand(f"sort: '{harmless(column, 40)}' is no column, {did_you_mean(column, _COLUMNS)}")
        if direction and (direction not in _DIRECTIONS or column == _WORST):
            expected = "nothing behind worst" if column == _WORST else did_you_mean(direction, _DIRECTIONS)
            raise BadCommand(f"sort: '{harmless(direction, 40)}' is no direction, {expected}")
        order = None if column == _WORST else first_order(column)
        console.show_fleet().choose(order=Order(column, direction == "desc") if direction else order)

    return sort


def _window_setter(screen: "ConsoleScreen") -> Callable[[str], None]:
    def show(argument: str) -> None:
        try:
            span = parse_duration(argument)
        except BadMoment as error:
            raise BadCommand(f"window: {harmless(str(error))}") from None
        if not SHORTEST_SPAN <= span <= LONGEST_SPAN:
            limits = f"{in_words(SHORTEST_SPAN)} to {in_words(LONGEST_SPAN)}"
            raise BadCommand(f"window: {harmless(argument, 40)} is out of range, expected {limits}")
        screen.console.window = span
        screen.show_window(span)

    return show


def _theme_setter(console: "ConsoleApp") -> Callable[[str], None]:
    def show(name: str) -> None:
        if not console.theme_names:
            raise BadCommand("theme: without colours there is nothing to change")
        if not name:
            console.action_other_theme()
        elif name in console.theme_names:
            console.theme = name
        else:
            raise BadCommand(f"theme: '{harmless(name, 40)}' is none, {did_you_mean(name, console.theme_names)}")

    return show


def _offered(screen: "ConsoleScreen") -> tuple[str | None, Sequence[str]]:
    """Return the model that the screen is about and the playbooks that fit it."""
    model_id, snapshot = screen.model_here, screen.console.snapshot
    view = snapshot.find(model_id) if snapshot is not None and model_id is not None else None
    return model_id, [offer.id for offer in offers_of(view)]


def _playbook_opener(screen: "ConsoleScreen") -> Callable[[str], None]:
    def follow(playbook_id: str) -> None:
        screen.console.open_playbook(_model_for("playbook", screen, playbook_id), playbook_id)

    return follow


def _rehearser(screen: "ConsoleScreen") -> Callable[[str], None]:
    def rehearse(playbook_id: str) -> None:
        model_id = _model_for("rehearse", screen, playbook_id)
        screen.console.open_playbook(model_id, playbook_id, rehearse=True)

    return rehearse


def _model_for(word: str, screen: "ConsoleScreen", playbook_id: str) -> str:
    """Return the model that the screen is about, which a playbook must fit.

    Raises:
        BadCommand: there is no model, or the playbook does not fit it.
    """
    model_id, offered = _offered(screen)
    if model_id is None:
        raise BadCommand(f"{word}: no model is chosen here")
    if playbook_id not in offered:
        fitting = did_you_mean(playbook_id, offered) if offered else "none does now"
        raise BadCommand(f"{word}: '{harmless(playbook_id, 40)}' does not fit {harmless(model_id)}, {fitting}")
    return model_id


def _noter(screen: "ConsoleScreen") -> Callable[[str], None]:
    def note(text: str) -> None:
        subject = screen.note_subject()
        if subject is None:
            raise BadCommand("note: there is no incident and no run here to note it on")
        if not text:
            raise BadCommand("note: expected a text")
        screen.console.write_note(AddNote(text, subject.incident_id, subject.run_id), subject)

    return note

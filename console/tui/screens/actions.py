"""What can be done on one model, and why the rest cannot: known before anything is pressed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.widget import Widget

from console.domain.action_words import told_of
from console.domain.command import ListActions, ReadAhead, StopListingActions
from console.domain.label import harmless
from console.domain.model_actions import ForeignSystem, ModelActions, OfferedAction
from console.domain.run import Asked
from console.tui.actions.action import Action, Where
from console.tui.actions.registry import actions_in
from console.tui.bindings import bindings_of
from console.tui.panels.action_list import (
    ACTION_COLUMNS,
    action_rows,
    action_told,
    foreign_id,
    foreign_told,
    row_of,
    sentences,
)
from console.tui.panels.text_block import TextBlock
from console.tui.screens.base import ConsoleScreen
from console.tui.trail import FLEET_CRUMB, Crumb
from console.tui.widgets.columns import Column
from console.tui.widgets.table import LiveTable

if TYPE_CHECKING:
    from console.tui.prompt.value import ValueLine

_SENTENCES = (Column("action", "actions, one in a line", 10, 10, flexible=True),)


class ActionsScreen(ConsoleScreen):
    """The list for the model that was under the cursor when its key was pressed, whatever the fleet does meanwhile.

    `wanted` is the action on which the cursor is put once it is listed.
    """

    WHERE = Where.ACTIONS
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(actions_in(Where.ACTIONS)))

    DEFAULT_CSS = """
    ActionsScreen {
        & > #actions { height: 1fr; }
        & > #told { height: 9; border-top: solid $foreground-disabled; padding: 0 1; }
        &.-low > #told { display: none; }
        &.-plain > #told { border-top: none; padding: 0; }
    }
    """

    def __init__(self, model_id: str, wanted: str | None = None, *, reads_aloud: bool = False) -> None:
        super().__init__()
        self.model_id = model_id
        self._wanted = wanted
        self._reads_aloud = reads_aloud
        self._listed: ModelActions | None = None
        self._numbers: dict[str, int] = {}
        """Of the actions by name, as they were painted first: what greys later moves down and keeps its own."""
        self._table = LiveTable(
            _SENTENCES if reads_aloud else ACTION_COLUMNS,
            empty_text="looking what can be done…",
            gone_text="no longer listed",
            reads_aloud=reads_aloud,
            id="actions",
        )
        self._told = TextBlock(id="told")
        self._value: ValueLine | None = None
        self._chosen: OfferedAction | None = None
        self._given: dict[str, str] = {}

    def compose_body(self) -> Iterable[Widget]:
        """Return the list and what is known of one action."""
        return self._table, self._told

    def on_mount(self) -> None:
        """Ask for the list, and give it the keys."""
        self.send(ListActions(self.model_id))
        if self.focused is None:
            self.set_focus(self._table)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Show the newest; take back the line of values, which was left open under the plan that it led to."""
        if self._value is not None and self._chosen is None:
            self._value.leave()
        self.call_after_refresh(self.console.spare_run.make)

    def on_unmount(self) -> None:
        """Say that nobody looks any more, unless the list was opened again before this one was gone."""
        others = (each for each in self.app.screen_stack if each is not self)
        if not any(isinstance(each, ActionsScreen) for each in others):
            self.send(StopListingActions())

    def show_actions(self, actions: ModelActions) -> None:
        """Show the newest list of this model; the cursor stays on its action."""
        if actions.model_id != self.model_id:
            return
        self._listed = actions
        for action in actions.own:
            self._numbers.setdefault(action.name, len(self._numbers) + 1)
        self.paint()
        wanted = actions.find(self._wanted) if self._wanted is not None else None
        if wanted is not None:
            self._table.move_cursor(row_of(wanted))
            self._wanted = None
            self._paint_told(back_to_top=True)

    def paint(self) -> None:
        """Show the list."""
        if self._listed is not None:
            rows = (sentences if self._reads_aloud else action_rows)(self._listed, self._numbers)
            self._table.set_rows(rows, empty_text="there is no action for this model")
        self._paint_told(back_to_top=False)

    def _paint_told(self, *, back_to_top: bool) -> None:
        action, system = self._selected(), self._selected_system()
        if action is not None:
            told = action_told(action, self.console.colour_of(action.place))
        else:
            told = () if system is None else foreign_told(system)
        self._told.set_lines(told, back_to_top=back_to_top)
        self.paint_frame()

    def _selected(self) -> OfferedAction | None:
        name = self._table.cursor_id
        return None if name is None or self._listed is None else self._listed.find(name)

    def _selected_system(self) -> ForeignSystem | None:
        """Return the system under the cursor that has no part in the model."""
        systems = self._listed.foreign if self._listed is not None else ()
        return next((each for each in systems if foreign_id(each.provider) == self._table.cursor_id), None)

    @property
    def subject(self) -> str:
        """Return what the screen is about."""
        return f"{self.model_id}-actions"

    @property
    def model_here(self) -> str | None:
        """Return the model that is acted on."""
        return self.model_id

    def trail(self) -> tuple[Crumb, ...]:
        """Return the way to this screen."""
        return FLEET_CRUMB, self.console.crumb_of(self.model_id), Crumb("actions")

    def works(self, action: Action) -> bool:
        """Return whether an action of the keys can do something for the action under the cursor."""
        selected = self._selected()
        if action.id == "actions.choose":
            return selected is not None and selected.why_not is None
        if action.id == "actions.copy":
            return selected is not None or self._selected_system() is not None
        return bool(self._numbers) if action.id == "actions.number" else True

    @on(LiveTable.RowHighlighted)
    @on(LiveTable.RowGone)
    def _cursor_moved(self) -> None:
        self._paint_told(back_to_top=True)

    @on(LiveTable.RowChosen)
    async def _row_chosen(self, event: LiveTable.RowChosen) -> None:
        """Choose the action whose row was chosen; the cursor may be on another by now."""
        if self._listed is not None and (action := self._listed.find(event.row_id)) is not None:
            await self._choose(action)
        elif (system := self._selected_system()) is not None:
            self.console.say(f"{system.provider}: {system.why_not}", is_bad=True)

    async def action_choose(self) -> None:
        """Choose the action under the cursor."""
        await self._choose(self._selected())

    async def action_number(self, number: int) -> None:
        """Choose the action with a number."""
        name = next((name for name, given in self._numbers.items() if given == number), None)
        action = self._listed.find(name) if self._listed is not None and name is not None else None
        if action is not None:
            self._table.move_cursor(row_of(action))
            await self._choose(action)

    def action_copy(self) -> None:
        """Copy what an action does, or why it cannot be done."""
        action = self._selected()
        if action is not None:
            self.console.ways_out.copy(f"{action.name}: {action.title}; {told_of(action)}")
        elif (system := self._selected_system()) is not None:
            self.console.ways_out.copy(f"{system.provider}: {system.why_not}")

    async def _choose(self, action: OfferedAction | None) -> None:
        """Ask for what an action needs, one value after the other, then for its plan."""
        if action is None or not self.is_attached:
            return
        if action.why_not is not None:
            self.console.say(f"{action.name}: {action.why_not}", is_bad=True)
            return
        self._chosen, self._given = action, {}
        if not action.arguments:
            self._begin(action)
            return
        from console.tui.prompt.value import ValueLine

        if self._value is None:
            self._value = ValueLine(self._give)
            await self.mount(self._value)
        if not self._value.has_keys:
            self._focused_before = self.focused
        self._ask(action, self._value)
        present = {each.name: each.present for each in action.arguments if each.present}
        self.send(ReadAhead(self.model_id, action.name, present))

    def _ask(self, action: OfferedAction, line: "ValueLine") -> None:
        argument = action.arguments[len(self._given)]
        line.open(
            Asked(
                f"{action.name} {argument.name}",
                argument.title,
                argument.expected,
                argument.options,
                present=argument.present,
                required=argument.required,
                takes=argument.takes,
            )
        )

    def _give(self, _name: str, text: str) -> None:
        """Take one value; the last one leads to the plan, whose screen need not wait until the line is gone."""
        action = self._chosen
        if action is None or self._value is None:
            return
        self._given[action.arguments[len(self._given)].name] = text
        if len(self._given) < len(action.arguments):
            self._ask(action, self._value)
        else:
            self._begin(action)

    def _begin(self, action: OfferedAction) -> None:
        self._chosen = None
        given = {name: text for name, text in self._given.items() if text}
        self.console.open_action(self.model_id, harmless(action.name), given)

"""The list of what can be done on a model: a row for each action, and all that is known of the one under the cursor."""

from collections.abc import Mapping

from console.domain.action import RiskTier
from console.domain.action_words import NO_UNDO, TIER_IN_WORDS, argument_in_words, told_of
from console.domain.label import harmless
from console.domain.model_actions import ForeignSystem, ModelActions, OfferedAction
from console.settings.screen import ContextColour
from console.tui.context_colour import context_badge
from console.tui.panels.lines import Line, Span, line
from console.tui.widgets.columns import Column
from console.tui.widgets.table_rows import Cell, CellStyle, Row

ACTION_COLUMNS = (
    Column("number", "", 2, 2, "right", drop=3),
    Column("title", "action", 22, 30),
    Column("tier", "tier", 4, 4, "right", drop=1),
    Column("system", "system", 10, 12, drop=2),
    Column("told", "undo, or why not", 16, 20, flexible=True),
)
_LABEL_CELLS = 8
_STYLE_OF_TIER: dict[RiskTier, CellStyle] = {
    RiskTier.READ: "ok",
    RiskTier.BOUNDED: "ok",
    RiskTier.WIDE: "warning",
    RiskTier.HARD_TO_UNDO: "critical",
}


def action_rows(listed: ModelActions, numbers: Mapping[str, int]) -> list[Row]:
    """Return a row for each action, grey where it cannot be done, and one for each system that has no part in a model.

    `numbers` are those of the actions by name: the keys that choose them.
    """
    own = [_row(numbers[action.name], action) for action in listed.own]
    return [*own, *(_foreign_row(system) for system in listed.foreign)]


def row_of(action: OfferedAction) -> str:
    """Return the id of the row in which an action stands: its own, or that of its system."""
    return foreign_id(action.provider) if action.is_foreign else action.name


def foreign_id(provider: str) -> str:
    """Return the id of the row of a system; no action is called so."""
    return f"{provider}."


def action_told(action: OfferedAction, colour: ContextColour | None) -> tuple[Line, ...]:
    """Return what is known of an action before it is planned; `colour` is that of the place in which it acts."""
    place = () if action.place is None else (Span("  "), context_badge(action.place, colour))
    tier = Span(TIER_IN_WORDS[action.tier], _STYLE_OF_TIER[action.tier])
    lines = [
        line(Span(harmless(action.title), "strong"), Span(f"  {action.name}", "muted")),
        line(_label("risk"), tier, *place),
    ]
    if action.why_not is not None:
        lines.append(line(_label("why not"), Span(action.why_not, "warning"), wraps=True))
    elif action.is_asked or action.unknown is not None:
        lines.append(line(_label("allowed"), Span(told_of(action), "muted"), wraps=True))
    lines.append(line(_label("undo"), action.undo or NO_UNDO, wraps=True))
    asked = (Span(argument_in_words(argument), "plain") for argument in action.arguments)
    return (*lines, *(line(_label("asks for"), span, wraps=True) for span in asked))


def foreign_told(system: ForeignSystem) -> tuple[Line, ...]:
    """Return what is known of a system that has no part in a model, and what it would do elsewhere."""
    return (
        line(Span(harmless(system.provider), "strong"), Span("  nothing of it can be done here", "muted")),
        line(_label("why not"), Span(system.why_not, "warning"), wraps=True),
        line(_label("actions"), ", ".join(action.name for action in system.actions), wraps=True),
    )


def sentences(listed: ModelActions, numbers: Mapping[str, int]) -> list[Row]:
    """Return the rows as single cells that hold the sentence of an action, or of a system."""
    rows = [
        Row(action.name, (Cell(_sentence(numbers[action.name], action), _style_of_title(action)),))
        for action in listed.own
    ]
    return rows + [
        Row(foreign_id(system.provider), (Cell(f"{_counted(system)}; cannot be done, {system.why_not}.", "muted"),))
        for system in listed.foreign
    ]


def _sentence(number: int, action: OfferedAction) -> str:
    return f"{number}, {action.title}; {_may(action)}{told_of(action).rstrip('…')}."


def _may(action: OfferedAction) -> str:
    if action.why_not is not None:
        return "cannot be done, "
    return "" if action.is_asked or action.unknown is not None else f"tier {action.tier.value}, undo: "


def _row(number: int, action: OfferedAction) -> Row:
    is_grey = action.why_not is not None
    return Row(
        action.name,
        (
            Cell(str(number), "muted" if is_grey else "accent"),
            Cell(action.title, _style_of_title(action)),
            Cell(str(action.tier.value), "muted" if is_grey else _STYLE_OF_TIER[action.tier]),
            Cell(harmless(action.provider), "muted"),
            Cell(told_of(action), "warning" if is_grey else "muted"),
        ),
    )


def _style_of_title(action: OfferedAction) -> CellStyle:
    return "muted" if action.why_not is not None else "plain"


def _foreign_row(system: ForeignSystem) -> Row:
    return Row(
        foreign_id(system.provider),
        (
            Cell("", "muted"),
            Cell(_counted(system), "muted"),
            Cell("", "muted"),
            Cell(harmless(system.provider), "muted"),
            Cell(system.why_not, "warning"),
        ),
    )


def _label(text: str) -> Span:
    return Span(f"{text:<{_LABEL_CELLS}} ", "muted")


def _counted(system: ForeignSystem) -> str:
    first, *more = system.actions
    return f"{len(system.actions)} actions of {harmless(system.provider)}" if more else first.title

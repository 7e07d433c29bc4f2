"""The actions for a model as text: a block for each, named as `action run` takes them."""

from collections.abc import Iterable, Iterator

from console.actions.specification import ActionSpecification
from console.domain.action_words import NO_UNDO, TIER_IN_WORDS, argument_in_words, told_of
from console.domain.label import harmless
from console.domain.model_actions import ForeignSystem, ModelActions, OfferedAction
from console.domain.snapshot import ModelView
from console.headless.cells import cell_width, cut, pad
from console.headless.wrapping import wrapped

_INDENT = "    "


def actions_text(listed: ModelActions, view: ModelView, width: int | None) -> str:
    """Return the list for a model, wrapped to a terminal's width if there is one."""
    lines = [_head(listed, view)]
    for action in listed.own:
        lines.extend(_block(action))
    lines.extend(_foreign(system) for system in listed.foreign)
    return "".join(f"{each}\n" for line in lines for each in wrapped(line, width))


def known_text(specifications: Iterable[ActionSpecification], width: int | None) -> str:
    """Return a line for each action that there is, cut to a terminal's width if there is one."""
    rows = [(harmless(each.name), harmless(each.title)) for each in specifications]
    widest = max((cell_width(name) for name, _ in rows), default=0)
    lines = (f"{pad(name, widest)}  {title}" for name, title in rows)
    return "".join(f"{cut(line, width) if width is not None else line}\n" for line in lines)


def _head(listed: ModelActions, view: ModelView) -> str:
    finding = view.workload
    where = "no workload is known"
    if finding is not None and finding.workload is not None:
        target = finding.workload.target
        where = f"{target.kind} {target.path} in {target.context}"
    elif finding is not None and finding.reason:
        where = f"no workload: {finding.reason}"
    open_ones = sum(action.why_not is None for action in listed.own)
    closed = len(listed.own) - open_ones
    return f"{view.model.shown_id} ({harmless(where)}): {open_ones} can be done, {closed} cannot"


def _block(action: OfferedAction) -> Iterator[str]:
    place = f"; in {harmless(action.place)}" if action.place is not None else ""
    yield f"{action.name}  {action.title}"
    yield f"{_INDENT}{TIER_IN_WORDS[action.tier]}{place}"
    if action.why_not is not None:
        yield f"{_INDENT}cannot be done: {action.why_not}"
    elif action.unknown is not None:
        yield f"{_INDENT}{told_of(action)}"
    yield f"{_INDENT}undo: {action.undo or NO_UNDO}"
    for argument in action.arguments:
        yield f"{_INDENT}--with {harmless(argument.name)}=VALUE  {argument_in_words(argument)}"


def _foreign(system: ForeignSystem) -> str:
    many = "1 action" if len(system.actions) == 1 else f"{len(system.actions)} actions"
    return f"{harmless(system.provider)}  {many} cannot be done: {system.why_not}"

"""A plan in lines: what would change, why not, how it is undone and watched, and what exactly would be sent."""

import msgspec

from console.domain.action import FieldChange, Plan, RiskTier
from console.domain.label import harmless
from console.settings.screen import ContextColour
from console.tui.context_colour import context_badge
from console.tui.panels.lines import Line, Span, SpanStyle, line
from console.tui.wording import ago

_LABEL_CELLS = 8
_LONGEST_TEXT = 2000
_LONGEST_FIELD = 28
_MOST_CHANGES_FIRST = 8
"""So many stand where the plan begins; more would hide what it risks and how it is undone."""
_TIER_IN_WORDS = {
    RiskTier.READ: "tier 0, only reads",
    RiskTier.BOUNDED: "tier 1, bounded",
    RiskTier.WIDE: "tier 2, wide",
    RiskTier.HARD_TO_UNDO: "tier 3, hard to undo",
}
_STYLE_OF_TIER: dict[RiskTier, SpanStyle] = {
    RiskTier.READ: "ok",
    RiskTier.BOUNDED: "ok",
    RiskTier.WIDE: "warning",
    RiskTier.HARD_TO_UNDO: "critical",
}


def plan_lines(
    plan: Plan, now: float, colour: ContextColour | None, *, with_body: bool, reasons: tuple[str, ...] = ()
) -> tuple[Line, ...]:
    """Return a plan, what matters most first.

    `now` is in UTC seconds, `colour` that of the plan's context, `with_body` shows the body of the request, `reasons`
    say why its numbers are what they are.
    """
    target = plan.target
    where = f"  {harmless(target.kind.lower())} {harmless(target.path)}"
    undone = Span("undo: " if plan.undoes is not None else "", "accent")
    gap = Span("  " if colour is None else "")
    tier = Span(_TIER_IN_WORDS[plan.tier], _STYLE_OF_TIER[plan.tier])
    lines = [
        line(_label("plan"), undone, Span(harmless(plan.title), "strong")),
        # Where and how risky stand first: on a narrow screen the end of the line is cut.
        line(_label(""), context_badge(target.context, colour), gap, tier, Span(where, "muted")),
    ]
    lines.extend(_told("refused", f"✖ {refusal}", "critical") for refusal in plan.refusals)
    is_long = len(plan.changes) > _MOST_CHANGES_FIRST
    if is_long:
        lines.append(_told("changes", f"{len(plan.changes)} fields, each of them below", "plain"))
    else:
        lines.extend(_changes(plan.changes))
    lines.extend(_told("why", reason, "plain") for reason in reasons)
    lines.extend(_told("note", note, "warning") for note in plan.notes)
    lines.append(_told("dry run", plan.dry_run, "plain"))
    lines.append(_undo(plan))
    lines.extend(_told("watch", watched, "plain") for watched in plan.watch)
    made = Span(f" planned {ago(now - plan.made_at)}", "muted")
    lines.append(line(_label("sends"), harmless(plan.request.shown), right=(made,)))
    if is_long:
        lines.extend(_changes(plan.changes))
    if with_body:
        lines.append(line(_label(""), Span(f"Content-Type: {harmless(plan.request.content_type)}", "muted")))
        lines.extend(line(_label(""), each) for each in _body(plan))
    return tuple(lines)


def _changes(changes: tuple[FieldChange, ...]) -> list[Line]:
    """Return every field, before and after; what is long goes on in the next row, nothing is cut away."""
    names = [_end_of(harmless(change.field, _LONGEST_TEXT)) for change in changes]
    width = max(map(len, names), default=0)
    return [
        line(
            _label(""),
            Span(f"{name:<{width}}  ", "muted"),
            f"{harmless(change.before, _LONGEST_TEXT)}  →  ",
            Span(harmless(change.after, _LONGEST_TEXT), "accent"),
            wraps=True,
        )
        for name, change in zip(names, changes, strict=True)
    ]


def _end_of(field: str) -> str:
    """Return the end of a path: fields of one object differ there."""
    return field if len(field) <= _LONGEST_FIELD else f"…{field[1 - _LONGEST_FIELD :]}"


def _undo(plan: Plan) -> Line:
    if plan.undo is None:
        return line(_label("undo"), Span("▲ none: this cannot be taken back from here", "warning"))
    told = [f"{change.field} back to {change.after}" for change in plan.undo.changes[:_MOST_CHANGES_FIRST]]
    more = len(plan.undo.changes) - len(told)
    changes = ", ".join(told) + (f" and {more} more" if more else "")
    return _told("undo", f"{plan.undo.title}: {changes}" if changes else plan.undo.title, "plain")


def _told(name: str, text: str, style: SpanStyle) -> Line:
    return line(_label(name), Span(harmless(text, _LONGEST_TEXT), style), wraps=True)


def _body(plan: Plan) -> list[str]:
    written = msgspec.json.format(msgspec.json.encode(plan.request.body), indent=2).decode()
    return [harmless(each) for each in written.splitlines()]


def _label(text: str) -> Span:
    return Span(f"{text:<{_LABEL_CELLS}} ", "muted")

"""Playbooks in words and as JSON: a line each for a list, everything about one."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from console.domain.anomaly import Severity
from console.domain.label import harmless
from console.domain.quantity import how_many, times
from console.headless.cells import cell_width, cut, pad
from console.headless.json_text import json_text
from console.playbooks.document import Approvals, Playbook
from console.playbooks.library import Library
from console.playbooks.match_in_words import match_in_words
from console.playbooks.names import variables_of
from console.playbooks.problem import Problem
from console.playbooks.steps import ActionStep, DecideStep, Step, kind_of, targets_of, title_of

LIST_SCHEMA = "incident-console/playbooks/1"
SHOW_SCHEMA = "incident-console/playbook/1"
_LONGEST_LINE = 2000
_TAGS = frozenset({"form"})
"""Keys that the types carry to tell what is what, and that nobody writes."""


def list_text(library: Library, width: int | None) -> str:
    """Return a line per playbook, cut to a terminal's width if there is one: what it is for, and whose it is."""
    rows = [_row(playbook, library) for playbook in library.playbooks]
    widths = [max(cell_width(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    lines = ("  ".join(map(pad, row, widths)).rstrip() for row in rows)
    return "".join(f"{cut(line, width) if width is not None else line}\n" for line in lines)


def list_json(library: Library) -> str:
    """Return all playbooks as one JSON document, with what is wrong with their files."""
    playbooks = [_about(playbook, library) for playbook in library.playbooks]
    return json_text({"schema": LIST_SCHEMA, "playbooks": playbooks, "problems": _problems(library.problems)})


def show_text(playbook: Playbook, library: Library) -> str:
    """Return everything that somebody wants to know of a playbook before following it."""
    return "".join(harmless(line, _LONGEST_LINE) + "\n" for line in _lines(playbook, library))


def show_json(playbook: Playbook, library: Library) -> str:
    """Return one playbook as a JSON document; `document` is all of it, as its file has it."""
    about = _about(playbook, library)
    return json_text({"schema": SHOW_SCHEMA, **about, "document": _untagged(msgspec.to_builtins(playbook))})


def _row(playbook: Playbook, library: Library) -> tuple[str, ...]:
    metadata = playbook.metadata
    row = (
        playbook.id,
        f"v{metadata.version}",
        metadata.title,
        metadata.reviewed.isoformat(),
        _origin(playbook, library),
        _kinds(playbook),
        ", ".join(metadata.owners),
    )
    return tuple(harmless(cell) for cell in row)


def _origin(playbook: Playbook, library: Library) -> str:
    return "shipped" if library.is_shipped(playbook.id) else str(library.origin_of(playbook.id).path)


def _kinds(playbook: Playbook) -> str:
    """Return the kinds of anomalies for which a playbook is offered."""
    kinds = dict.fromkeys(kind.value for match in playbook.match for kind in match.anomaly.kind)
    signals = dict.fromkeys(signal for match in playbook.match for signal in match.anomaly.signal)
    fleet = ("fleet",) if any(match.fleet_wide for match in playbook.match) else ()
    return ",".join((*kinds, *(() if kinds else signals), *fleet)) or "any"


def _about(playbook: Playbook, library: Library) -> dict[str, Any]:
    metadata, origin = playbook.metadata, library.origin_of(playbook.id)
    return {
        "id": playbook.id,
        "version": metadata.version,
        "title": metadata.title,
        "owners": metadata.owners,
        "reviewed": metadata.reviewed.isoformat(),
        "links": [{"title": link.title, "url": link.url} for link in metadata.links],
        "match": [match_in_words(match) for match in playbook.match],
        "file": str(origin.path),
        "shipped": library.is_shipped(playbook.id),
        "replaces": [str(path) for path in origin.replaces],
    }


def _problems(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(problem) for problem in problems]


def _untagged(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _untagged(child) for key, child in node.items() if key not in _TAGS}
    return [_untagged(child) for child in node] if isinstance(node, list | tuple) else node


def _lines(playbook: Playbook, library: Library) -> Iterator[str]:
    metadata, origin = playbook.metadata, library.origin_of(playbook.id)
    yield f"{playbook.id} v{metadata.version}: {metadata.title}"
    yield f"owners    {', '.join(metadata.owners)}"
    yield f"reviewed  {metadata.reviewed.isoformat()}"
    yield f"from      {origin.path}"
    yield from (f"instead   of {path}" for path in origin.replaces)
    for index, match in enumerate(playbook.match):
        yield f"{'or' if index else 'for':<8}  {match_in_words(match)}"
    yield from (f"see       {link.title}: {link.url}" for link in metadata.links)
    if playbook.evidence:
        yield f"looks at  {', '.join(name for name in variables_of(playbook) if name in playbook.evidence)}"
    yield from (f"asks for  {name}: {parameter.title}" for name, parameter in playbook.params.items())
    yield from (f"requires  {' '.join(guard.otherwise.split())}" for guard in playbook.guards)
    if any(isinstance(step, ActionStep) for step in playbook.steps):
        yield f"limits    {_limits(playbook)}"
    for number, step in enumerate(playbook.steps, 1):
        yield f"{number:>3} {kind_of(step).value:<7} {' '.join(title_of(step).split())}  {_ways(step)}"


def _limits(playbook: Playbook) -> str:
    """Return how far and how often its actions may go, and who must agree to them."""
    limits, approvals = playbook.limits, playbook.approvals
    told = [f"up to {how_many(limits.max_replicas, 'replica')}", f"{times(limits.max_factor)} the present at once"]
    if limits.cooldown is not None:
        told.append(f"then {limits.cooldown} of cooldown")
    if limits.max_runs is not None:
        told.append(f"{limits.max_runs.count} per {limits.max_runs.per}")
    if approvals is not None:
        told.append(_approvals(approvals))
    return ", ".join(told)


def _approvals(approvals: Approvals) -> str:
    """Return how many people must agree, for which models and how long: `approvals needed: 1, each for 30m`."""
    when = approvals.when
    where = [f"{name} {' or '.join(values)}" for name, values in when.labels.items()]
    if when.min_severity is Severity.CRITICAL:
        where.append("something critical")
    models = f" for models with {' and '.join(where)}" if where else ""
    return f"approvals needed{models}: {approvals.count}, each for {approvals.expires}"


def _ways(step: Step) -> str:
    """Return where a step goes: `→ note`, or `(true → scale, false → note)`."""
    if isinstance(step, DecideStep):
        ways = [(option.key, option.goto) for option in step.options]
    else:
        ways = [(place.removeprefix("on_"), target) for place, target in targets_of(step)]
    if len({target for _, target in ways}) == 1:
        return f"→ {ways[0][1]}"
    return f"({', '.join(f'{word} → {target}' for word, target in ways)})"

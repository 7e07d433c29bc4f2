"""The reference of the language of playbooks, as Markdown for docs/reference/playbooks.md, made from its types."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo, fields

from console.actions.registry import specifications
from console.actions.specification import ActionSpecification
from console.domain.anomaly import AnomalyKind, CauseKind
from console.domain.change import ChangeKind
from console.domain.signal import SIGNALS
from console.playbooks import condition, document, evidence, head, parameter, steps
from console.playbooks.cases import document as cases
from console.playbooks.choices import KEYS_OF_THE_SCREEN
from console.playbooks.names import MODEL_FACTS
from console.playbooks.query import REFERENCES
from console.settings.words import expected_words, is_union
from console.settings.written import is_one_or_several

_INTRODUCTION = """# Playbook files

Made from the types in `console/playbooks/` by `make generated`, as is the JSON Schema that `playbook schema` prints.
How to write one, with examples: [write a playbook](../how-to/write-a-playbook.md); why the language is as it is:
[decision 31](../decisions/0031-a-language-for-playbooks.md).

A file is UTF-8 YAML, at most 1 MB and 50,000 values. It is the common ground of YAML 1.1 and 1.2: no tags, no merge
keys, no key twice, no `yes` or `on` for a boolean, no octal or sexagesimal number. Values for machines are whole
references (`$latency.objective`, `$params.replicas`); `{{ latency }}` stands in texts for people only; nothing is
evaluated and nothing is a template.

A mistake is one line, `file:line:column: what was found, what was expected; the nearest valid name`, and leaves the
file out. A warning leaves it in: a review older than 180 days, an action without a cooldown, a parameter that nothing
uses. What looks like a password or a key of a known form is a mistake.
"""
_EVIDENCE = """Each piece of evidence has a name, by which conditions and texts mention it, and exactly one of these
forms. It is read with every refresh; what cannot be read is unknown."""
_CONDITIONS = """A condition is true, false or unknown. Unknown is no data, a stale value, 0/0, or a duration that has
not passed yet. `all` of true and unknown is unknown, `any` of true and unknown is true. Unknown never passes a guard
and never counts as recovered."""
_STEPS = """A step is what its own key says; `end` ends the run. Steps only go on: whatever leads back to itself is a
mistake, and so is a step that nothing leads to."""
_CASES = """`ID.test.yaml` beside a playbook; `playbook test` follows them. It ends with 0, with 1 where a case comes
otherwise than expected, with 78 where a file cannot be followed."""
_SECTIONS: tuple[tuple[str, str, tuple[type[msgspec.Struct], ...]], ...] = (
    ("The file", "", (document.Playbook, head.Metadata, head.Link)),
    (
        "When it is offered",
        "",
        (head.Match, head.MatchAnomaly, head.MatchChange, head.MatchNot),
    ),
    (
        "What it looks at",
        _EVIDENCE,
        (
            evidence.SignalEvidence,
            evidence.WorkloadEvidence,
            evidence.ComputedEvidence,
            evidence.QueryEvidence,
            evidence.ChangeEvidence,
            evidence.AnomalyEvidence,
        ),
    ),
    (
        "Parameters",
        "A person is asked only where no default can be computed.",
        (parameter.IntegerParameter, parameter.TextParameter, parameter.ChoiceParameter),
    ),
    (
        "Conditions",
        _CONDITIONS,
        (condition.Comparison, condition.StepIs, condition.AllOf, condition.AnyOf, condition.NotSo),
    ),
    (
        "Guards, limits, approvals",
        "They hold for every action of the playbook.",
        (document.Guard, document.Limits, document.MaxRuns, document.Approvals, document.ApprovalsWhen),
    ),
    (
        "Steps",
        _STEPS,
        (
            steps.CheckStep,
            steps.DecideStep,
            steps.Option,
            steps.Suggestion,
            steps.ActionStep,
            steps.Verify,
            steps.ManualStep,
            steps.WaitStep,
            steps.Wait,
            steps.NotifyStep,
            steps.Notification,
        ),
    ),
    (
        "Cases",
        _CASES,
        (
            cases.PlaybookTest,
            cases.Durations,
            cases.Case,
            cases.ModelFacts,
            cases.Lasting,
            cases.ActionCourse,
            cases.Expected,
            cases.PlanExpected,
        ),
    ),
)
_STRUCTS = {struct: title for title, _, structs in _SECTIONS for struct in structs}


def playbook_reference() -> str:
    """Return the page."""
    lines = [_INTRODUCTION]
    for title, told, structs in _SECTIONS:
        lines += [f"## {title}\n", *([f"{told}\n"] if told else [])]
        for struct in structs:
            lines += _struct(struct)
    lines += _words()
    return "\n".join(lines).rstrip("\n") + "\n"


def _struct(struct: type[msgspec.Struct]) -> Iterator[str]:
    yield f"### {struct.__name__}\n"
    yield f"{_told(struct)}\n"
    yield "| key | value | |\n| --- | --- | --- |"
    for field in fields(struct):
        yield f"| `{field.encode_name}` | {_value(field.type)} | {_default(field)} |"
    yield ""


def _told(struct: type[msgspec.Struct]) -> str:
    paragraphs = inspect.cleandoc(struct.__doc__ or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _value(expected: Any) -> str:
    """Return what may stand there, with links to what it is made of."""
    if is_one_or_several(expected):
        return f"{_value(get_args(get_args(expected)[0])[0])}, or a list"
    if get_origin(expected) is Annotated and (get_origin(get_args(expected)[0]) or is_union(get_args(expected)[0])):
        return _value(get_args(expected)[0])
    if isinstance(expected, type) and issubclass(expected, msgspec.Struct):
        return f"[{expected.__name__}](#{expected.__name__.lower()})"
    if is_union(expected):
        if set(get_args(expected)) == set(get_args(condition.Condition)):
            return "a [condition](#conditions)"
        return " or ".join(dict.fromkeys(_value(member) for member in get_args(expected) if member is not type(None)))
    if get_origin(expected) is tuple:
        return f"list of: {_value(get_args(expected)[0])}"
    if get_origin(expected) is dict:
        return f"name: {_value(get_args(expected)[1])}"
    return _code_choices(expected_words(expected))


def _code_choices(words: str) -> str:
    return words.replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    if field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT:
        return "**needed**"
    default = field.default
    if default in (None, (), "") or default is msgspec.NODEFAULT or isinstance(default, msgspec.Struct):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}` if not given"


def _words() -> Iterator[str]:
    yield "## Names and words\n"
    units = {"s": "seconds", "1/s": "per second", "1": "a number"}
    signals = (f"`{name}` ({units.get(signal.unit, signal.unit)})" for name, signal in SIGNALS.items())
    yield f"- Signals: {', '.join(signals)}; `headline` is the latency that speaks for the model."
    yield "- Beside a signal: `NAME.expected`, `NAME.objective`; beside any evidence, after an action: `NAME.before`."
    yield f"- In texts: evidence, `params.NAME`, {_listed(MODEL_FACTS)}."
    yield f"- In quoted matchers of queries: {_listed('$' + name for name in REFERENCES)}."
    configured = _listed(f"${name}" for name in condition.DURATIONS)
    yield f"- Durations: `30s`, `5m`, `1h30m`, `1w`; in conditions and steps also {configured}."
    yield f"- Actions: {_listed(_with_arguments(specifications()))}."
    yield f"- Anomaly kinds: {_listed(AnomalyKind)}. Causes: {_listed(CauseKind)}. Changes: {_listed(ChangeKind)}."
    yield f"- Keys that no option may have: {_listed(sorted(KEYS_OF_THE_SCREEN))}."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _with_arguments(actions: Mapping[str, ActionSpecification]) -> Iterator[str]:
    for name, action in actions.items():
        arguments = ", ".join(argument.name for argument in action.arguments)
        if action.has_configured_arguments:
            arguments = "what the configuration declares"
        yield f"{name} with {arguments}" if arguments else name

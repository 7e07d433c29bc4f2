"""Pieces of PromQL text; the only place where text from outside becomes part of an expression."""

import re
from collections.abc import Iterable

_METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_NEEDS_ESCAPE = re.compile(r'[\\"\x00-\x1f\x7f]')
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def quote(value: str) -> str:
    r"""Return any text as a PromQL string literal: `o"brien` becomes `"o\"brien"`.

    Raises:
        ValueError: the text holds a lone surrogate, which no UTF-8 and so no label value can hold.
    """
    if _SURROGATE.search(value):
        raise ValueError(f"{value!r} cannot be a label value: it is not valid Unicode")
    return f'"{_NEEDS_ESCAPE.sub(_escaped, value)}"'


def is_metric_name(name: str) -> bool:
    """Return whether a name can stand in an expression as a metric without quotes."""
    return _METRIC_NAME.fullmatch(name) is not None


def is_label_name(name: str) -> bool:
    """Return whether a name can stand in an expression as a label without quotes."""
    return _LABEL_NAME.fullmatch(name) is not None


def selector(series: str, matchers: Iterable[tuple[str, str, str]]) -> str:
    """Return the selector of a series by (label, operator, value) matchers: `up{job="a"}`.

    Raises:
        ValueError: a name is not one, or a value cannot be a label value.
    """
    if series and not is_metric_name(series):
        raise ValueError(f"{series!r} is not the name of a series")
    parts = []
    for label, operator, value in matchers:
        if not is_label_name(label) or operator not in ("=", "!=", "=~", "!~"):
            raise ValueError(f"{label!r} {operator!r} is not a matcher")
        parts.append(f"{label}{operator}{quote(value)}")
    return f"{series}{{{','.join(parts)}}}" if parts else series


def matching(label: str, values: Iterable[str]) -> tuple[str, str, str]:
    """Return the matcher of a label that must have one of some values; the empty text is none."""
    wanted = list(dict.fromkeys(values))
    if len(wanted) == 1:
        return label, "=", wanted[0]
    return label, "=~", "|".join(map(regex_literal, wanted))


def regex_literal(value: str) -> str:
    """Return the regular expression that matches exactly a value; it is still to be quoted."""
    return _SPECIAL.sub(r"\\\g<0>", value)


def aggregate(operator: str, by: Iterable[str], expression: str) -> str:
    """Return `sum by (model, namespace) (expression)`."""
    return f"{operator} by ({', '.join(by)}) ({expression})"


def marked(expression: str, label: str, value: str) -> str:
    """Return the expression with one more label, the same on every series."""
    return relabelled(expression, label, value.replace("$", "$$"), "", "")


def relabelled(expression: str, label: str, value: str, source: str, pattern: str) -> str:
    """Return the expression with a label made of another one: `value` may hold `$1` of the pattern, if that matches."""
    return f"label_replace({expression}, {', '.join(map(quote, (label, value, source, pattern)))})"


_JOIN = " group_left ("


def joined(expression: str, on: Iterable[str], lent: Iterable[str], lender: str) -> str:
    """Return the expression with labels that it gets from a lender (1 per row) which agrees in the labels `on`."""
    return f"{expression} * on ({', '.join(on)}){_JOIN}{', '.join(lent)}) {lender}"


def is_joined(expression: str) -> bool:
    """Return whether an expression gets labels from elsewhere."""
    return _JOIN in expression


def first_of(expressions: Iterable[str]) -> str:
    """Return an expression that takes, per label set, the first of several that has it; safe inside any other."""
    found = list(expressions)
    return found[0] if len(found) == 1 else f"({' or '.join(found)})"


def _escaped(found: re.Match[str]) -> str:
    character = found.group()
    return {"\\": r"\\", '"': r"\"", "\n": r"\n"}.get(character) or f"\\u{ord(character):04x}"

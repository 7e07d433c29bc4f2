"""A value inside JSON, taken out by the engine: each has a function of its own, and its own way to write a path."""

from typing import TYPE_CHECKING

import msgspec

from console.sources.predictions.engine_function import builtin

if TYPE_CHECKING:
    import ibis
    import ibis.expr.datatypes as dt

Step = str | int

_NUMBER = r"^\s*-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?\s*$"
_LOOKS_LIKE_JSON = r"^\s*[\[{].*[\]}]\s*$"

_AS_TEXT = {"trino": "json_format", "bigquery": "TO_JSON_STRING"}
"""Functions that write JSON as text, where a cast does not."""

ENGINES = frozenset({"duckdb", "postgres", "spark", "trino", "bigquery", "clickhouse"})
"""Engines whose JSON is taken apart."""


class JsonPath(msgspec.Struct, frozen=True):
    """Where a value stands in a document (keys of objects, places in lists from 0), and how the engine gets there."""

    engine: str
    steps: tuple[Step, ...]

    def of(self, value: "ibis.Value", kind: "dt.DataType") -> "ibis.Value":
        """Return the value as a number, a boolean or a text; null where there is none, or none of its kind."""
        text = self._text(value)
        if kind.is_boolean():
            return text.cases(("true", True), ("false", False))
        if not kind.is_numeric():
            return text
        if self.engine == "postgres":  # whose casts fail where the text is no number
            import ibis

            return ibis.ifelse(text.re_search(_NUMBER), text, ibis.null("string")).cast("float64")
        return text.try_cast("float64")

    def _text(self, value: "ibis.Value") -> "ibis.Value":
        import ibis

        if self.engine == "duckdb":
            document = value if value.type().is_json() else value.try_cast("json")
            return builtin("json_extract_string", ("json", "string"), "string")(document, _pointer(self.steps))
        if self.engine == "postgres":
            if value.type().is_string():
                value = ibis.ifelse(value.re_search(_LOOKS_LIKE_JSON), value, ibis.null("string"))
            takes = ("json", *("string" for _ in self.steps))
            return builtin("json_extract_path_text", takes, "string")(value.cast("json"), *map(str, self.steps))
        name = {"spark": "get_json_object", "trino": "json_extract_scalar"}.get(self.engine, "JSON_VALUE")
        if self.engine == "clickhouse":  # which takes only text apart, and says "" where there is nothing
            found = builtin(name, ("string", "string"), "string")(json_text(value, self.engine), _path(self.steps, '"'))
            return found.nullif("")
        kind = "string" if value.type().is_string() else "json"
        quote = "'" if self.engine == "spark" else '"'
        return builtin(name, (kind, "string"), "string")(value, _path(self.steps, quote))


def json_text(value: "ibis.Value", engine: str) -> "ibis.Value":
    """Return a document as text, whether the store keeps it as JSON or as text."""
    if value.type().is_string():
        return value
    if value.type().is_json() and (function := _AS_TEXT.get(engine)) is not None:
        return builtin(function, ("json",), "string")(value)
    return value.cast("string")


def can_be_written(engine: str, steps: tuple[Step, ...]) -> bool:
    """Return whether an engine's paths can say these steps: some have no way to write a quote in a key."""
    if engine not in ENGINES:
        return False
    forbidden = {"spark": "'[]", "trino": '"\\', "bigquery": '"\\', "clickhouse": '"\\'}.get(engine, "")
    return not any(set(forbidden) & set(step) for step in steps if isinstance(step, str))


def _pointer(steps: tuple[Step, ...]) -> str:
    """Return a JSON Pointer (RFC 6901), in which every key can be written."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def _path(steps: tuple[Step, ...], quote: str) -> str:
    written = (f"[{step}]" if isinstance(step, int) else f"[{quote}{step}{quote}]" for step in steps)
    return "$" + "".join(written)

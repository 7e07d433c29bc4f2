"""Deciles as each engine gives them: exact ones where there are any, in one question of all nine.

ClickHouse, Trino, BigQuery and Snowflake keep a sketch of the numbers and answer within a percent of rank, one decile
at a time: ibis compiles a list of them for some of these only, and BigQuery answers no list that holds a null.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from console.sources.predictions.thresholds import DECILES

if TYPE_CHECKING:
    import ibis

EXACT = frozenset({"duckdb", "postgres", "spark"})
"""Engines that are asked for exact deciles."""


def ask_deciles(name: str, number: "ibis.Value", engine: str) -> "dict[str, ibis.Value]":
    """Return what an aggregation asks for the deciles of a column of numbers; `name` is unlike that of any other."""
    if engine in EXACT:
        return {f"{name} deciles": number.quantile(DECILES)}
    return {f"{name} decile {place}": number.approx_quantile(decile) for place, decile in enumerate(DECILES, 1)}


def told_deciles(name: str, answer: Mapping[str, Any]) -> tuple[float, ...]:
    """Return the deciles in the row of an answer; none where the column holds no number."""
    deciles = answer.get(f"{name} deciles", [answer.get(f"{name} decile {place}") for place in range(1, 10)])
    return tuple(decile for decile in deciles or () if decile is not None and math.isfinite(decile))

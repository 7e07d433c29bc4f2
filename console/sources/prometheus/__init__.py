"""Prometheus, and anything that speaks its HTTP API."""

from console.sources.prometheus.answers import (
    InstantAnswer,
    InstantSample,
    LabelSet,
    LabelSets,
    NamesAnswer,
    Point,
    RangeAnswer,
    RangeSeries,
)
from console.sources.prometheus.client import BuildInformation, PrometheusClient
from console.sources.prometheus.errors import BadQuery, QueryTimedOut, QueryTooHeavy

__all__ = [
    "BadQuery",
    "BuildInformation",
    "InstantAnswer",
    "InstantSample",
    "LabelSet",
    "LabelSets",
    "NamesAnswer",
    "Point",
    "PrometheusClient",
    "QueryTimedOut",
    "QueryTooHeavy",
    "RangeAnswer",
    "RangeSeries",
]

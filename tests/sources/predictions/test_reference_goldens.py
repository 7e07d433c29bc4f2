"""The SQL with which engines that cannot run here make a reference and read deciles and documents, as text.

`UPDATE_GOLDENS=1 pytest tests/sources` writes it anew.
"""

import os
from datetime import datetime
from typing import Any

import ibis
import pyarrow
import pytest

from console.settings.predictions import ColumnSettings
from console.sources.predictions.drawing import read_deciles
from console.sources.predictions.inference import infer
from console.sources.predictions.projection import Projection, Reading
from console.sources.predictions.recent import RecentRows
from console.sources.predictions.reference import make_reference
from console.sources.predictions.source_column import columns_of
from console.sources.predictions.unfolding import unfold
from tests.sources.predictions.test_goldens import ENGINES, GOLDENS, HOUR, START, log_in

MOMENT = datetime(2026, 1, 1)  # noqa: DTZ001  # the log's times are UTC without a zone
MODEL = "it's"
DOCUMENT = '{"instances": [{"age": 30, "it\'s": "so", "vip": true}]}'
NESTED = {
    "timestamp": "timestamp('UTC')",
    "prediction": "string",
    "request": "json",
    "inputs": "string",
    "payload": "array<string>",
}


class Sayer:
    """A store that writes down what it is asked, and answers with one row of what a column may hold by its type.

    It stands for an engine in the cloud: only its SQL is looked at.
    """

    shown = "a warehouse"

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.asked: list[str] = []

    async def read(self, expression: ibis.Table) -> pyarrow.Table:
        self.asked.append(str(ibis.to_sql(expression, dialect=self.engine)))
        columns = {}
        for name, kind in expression.schema().items():
            value: Any = 0 if name == "place" else 1 if kind.is_numeric() or kind.is_boolean() else "DE"
            value = MODEL if name == "model" else value
            value = DOCUMENT if name.startswith("nested ") else MOMENT if kind.is_timestamp() else value
            columns[name] = pyarrow.array([value])
        return pyarrow.table(columns)

    def check(self, name: str) -> None:
        """Compare what was asked with the golden text of the engine."""
        sql = "".join(f"{asked};\n\n" for asked in self.asked)
        path = GOLDENS / self.engine / f"{name}.sql"
        if os.environ.get("UPDATE_GOLDENS") == "1":
            path.write_text(sql, encoding="utf-8")
        assert sql == path.read_text(encoding="utf-8")


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest) -> Sayer:
    return Sayer(request.param)


async def test_a_reference(store: Sayer) -> None:
    reference = await make_reference(
        store,  # type: ignore[arg-type]  # it reads, and that is all
        log_in(store.engine),
        said="a week",
        fingerprint="f",
        model=MODEL,
        start=START,
        end=START + HOUR,
    )
    assert "age" in reference.bins
    store.check("reference")


async def test_deciles(store: Sayer) -> None:
    log = log_in(store.engine)
    columns = [column for column in log.features if column.name in ("age", "visits")]
    found = await read_deciles(
        store,  # type: ignore[arg-type]  # it reads, and that is all
        log,
        columns,
        model=MODEL,
        start=START,
        end=START + HOUR,
    )
    assert found == {"age": (1.0,) * 9, "visits": (1.0,) * 9}
    store.check("deciles")


async def test_documents(store: Sayer) -> None:
    table = ibis.table(NESTED, name="predictions")
    recent = RecentRows(store, table, None)  # type: ignore[arg-type]  # it reads, and that is all
    found = await unfold(recent, columns_of(table.schema()), engine=store.engine)
    inferred = infer(list(found.columns), ColumnSettings())
    log = Projection(table, inferred, Reading(store.engine), model_name="predictions", labels=None).log()
    await store.read(log.between(START, START + HOUR))
    store.check("documents")
    if store.engine == "snowflake":
        assert "request holds JSON, which is not taken apart in snowflake: log columns or a struct" in found.notes
    else:
        assert {feature.name for feature in log.features} >= {"age", "it's", "vip"}

"""Seeded logs of predictions: what a company's models were asked, what they answered, and what came true later.

`write_log(directory, FRAUD.with_faults(NullSpike("age", begins=…)), seed=1, start=…, end=…, rows_per_hour=1000)`.
"""

from console.simulation.predictions.faults import (
    ConceptDrift,
    Constant,
    Dropped,
    LogFault,
    MissingRows,
    NewEncoding,
    NewVersion,
    NullSpike,
    PopulationShift,
    Retyped,
    UnitChange,
)
from console.simulation.predictions.models import ETA, FRAUD, LOGGED_MODELS, RANKER
from console.simulation.predictions.spec import LogSpec, Task
from console.simulation.predictions.write import LogWriter, WrittenLog, write_log

__all__ = [
    "ETA",
    "FRAUD",
    "LOGGED_MODELS",
    "RANKER",
    "ConceptDrift",
    "Constant",
    "Dropped",
    "LogFault",
    "LogSpec",
    "LogWriter",
    "MissingRows",
    "NewEncoding",
    "NewVersion",
    "NullSpike",
    "PopulationShift",
    "Retyped",
    "Task",
    "UnitChange",
    "WrittenLog",
    "write_log",
]

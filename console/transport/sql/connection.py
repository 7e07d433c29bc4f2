"""What every engine offers: one connection, used by one thread, that any thread can interrupt."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

import msgspec

from console.domain.label import harmless
from console.settings.nearest import did_you_mean
from console.transport.errors import NotInstalled, NotThere, SourceError, TooLarge
from console.transport.sql.place import Place

if TYPE_CHECKING:
    import ibis
    import pyarrow

MOST_NAMED = 20
"""So many tables are named in a message."""

Found = TypeVar("Found")


class Limits(msgspec.Struct, frozen=True):
    """How long a question may take (seconds) and how many rows its answer may have."""

    seconds: float
    rows: int

    def applied_to(self, expression: "ibis.Table") -> "ibis.Table":
        """Return an expression that gives one row more than is allowed, by which too many are told."""
        return expression.limit(self.rows + 1)

    def check(self, rows: int, *, shown: str) -> None:
        """Raise `TooLarge` where there are too many rows: an answer is refused, never cut."""
        if rows > self.rows:
            raise TooLarge(f"{shown}: the answer has more than {self.rows:,} rows")


class Connection(ABC):
    """One open connection, which reads and never writes.

    All that blocks is called in one thread; `interrupt` may be called in any, at any time, and again and again.
    What an engine's library raises leaves as it is: `explain` turns it into a typed error.
    """

    @abstractmethod
    def tables(self) -> list[str]:
        """Return the names that `table` takes, sorted."""

    @abstractmethod
    def table(self, place: Place) -> "ibis.Table":
        """Return a table of the store, as it is now.

        Raises:
            SourceError: There is no such table, or more than one and the place names none.
        """

    def stamp(self, place: Place) -> str | None:
        """Return a text that is another one whenever the table is, None where only its rows can tell."""
        return None

    @abstractmethod
    def read(self, expression: "ibis.Table", limits: Limits) -> "pyarrow.Table":
        """Return the rows of an expression, its columns named and typed as the expression says.

        An engine that can gives up by itself at the deadline.

        Raises:
            TooLarge: There are more rows than the limits allow.
            Unreadable: There is a value that its column cannot hold.
        """

    @abstractmethod
    def interrupt(self) -> None:
        """Make the engine give up what it does for this connection; do nothing where it does nothing."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""

    @abstractmethod
    def explain(self, error: Exception) -> SourceError | None:
        """Return what an error of the engine means, None for what is a bug of the console."""


def missing_extra(place: Place) -> NotInstalled:
    """Return what is said where the library of an engine is not installed."""
    return NotInstalled(f"{place.shown} takes a library: pip install 'incident-console[{place.engine}]'")


def chosen(tables: Mapping[str, Found], name: str | None, *, shown: str) -> Found:
    """Return the table of a name, or the only one there is.

    Raises:
        NotThere: There is none of that name, or none is named where there are several.
    """
    if name is not None and name in tables:
        return tables[name]
    if name is None and len(tables) == 1:
        return next(iter(tables.values()))
    if not tables:
        raise NotThere(f"{shown} holds no table")
    names = [harmless(table) for table in sorted(tables)]
    some = names if len(names) <= MOST_NAMED else [*names[:MOST_NAMED], "…"]
    if name is None:
        raise NotThere(f"{shown} holds {len(names)} tables, `table` names one: {', '.join(some)}")
    raise NotThere(f"{shown} holds no table {harmless(name)}: {did_you_mean(harmless(name), some)}")

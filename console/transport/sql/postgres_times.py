"""Times of PostgreSQL that Python has no value for: infinity, and what lies before the year 1 or after 9999."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg


def take_strange_times(cursor: "psycopg.Cursor") -> None:
    """Let what a cursor reads from now on be null where it is such a time, instead of an error."""
    from psycopg import DataError
    from psycopg.abc import Buffer
    from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader

    def tolerant(loader: type[DateLoader] | type[TimestampLoader] | type[TimestamptzLoader]) -> type:
        class Tolerant(loader):  # type: ignore[valid-type, misc]  # one for each of three
            def load(self, data: Buffer) -> object:
                try:
                    return super().load(data)
                except DataError:
                    return None

        return Tolerant

    for name, loader in (("date", DateLoader), ("timestamp", TimestampLoader), ("timestamptz", TimestamptzLoader)):
        cursor.adapters.register_loader(name, tolerant(loader))

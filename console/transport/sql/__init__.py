"""The door for SQL: one read-only connection to each store of predictions, with deadlines and errors told apart."""

from console.transport.sql.opening import open_store
from console.transport.sql.place import BadStoreAddress
from console.transport.sql.store import SqlStore

__all__ = ["BadStoreAddress", "SqlStore", "open_store"]

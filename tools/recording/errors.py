"""The error of recording."""


class RecordError(Exception):
    """A system could not be recorded; the message says in one line why."""

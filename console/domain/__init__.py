"""Frozen values and pure rules of the words in the design: no I/O, no clock, nothing third-party but msgspec."""

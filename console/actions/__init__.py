"""Typed operations on real systems: each is planned by a dry run, committed once, watched and undone."""

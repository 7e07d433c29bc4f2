"""Distances, verdicts and their ranking: pure functions of counts. Conventions stand in `docs/reference/drift.md`."""

"""Append-only record of what was intended, done, seen and said; timelines, locks and reports are folds over it."""

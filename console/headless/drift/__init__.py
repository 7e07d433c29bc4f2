"""The columns of a model against their reference as text, JSON, Markdown or CSV: pure functions."""

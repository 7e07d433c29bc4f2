"""The quality of a model in words and as CSV: pure functions, the same facts as on the screen."""

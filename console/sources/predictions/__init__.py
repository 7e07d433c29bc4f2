"""Logged predictions, wherever they lie: what is asked of the store, and what its answers mean. Rows stay there."""

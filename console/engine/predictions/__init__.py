"""Logged predictions in the engine: stores are read beside the metrics, and what they say is joined to the fleet."""

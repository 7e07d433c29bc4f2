"""What can be done on a model, as text and as JSON."""

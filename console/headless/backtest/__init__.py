"""What the detector would have told of a series, printed."""

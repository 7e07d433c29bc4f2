"""The plain mode: the screen as sentences in reading order, for screen readers and braille displays."""

"""One file a screen; a screen paints what it is shown and sends commands, it holds no truth."""

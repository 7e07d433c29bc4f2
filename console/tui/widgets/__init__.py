"""Our own widgets on Textual's line API: they repaint what changed and never ask for a layout."""

"""Text from outside inside CSV."""


def inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe stands in front of what looks like one."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text

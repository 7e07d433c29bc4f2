"""Messages as their receivers take them: nothing in a label becomes a mention, a link or markup there."""

import re

from console.domain.label import harmless
from console.domain.redaction import redacted

LONGEST_LINE = 1200
_BROADCAST = re.compile(r"@(?=(?:here|channel|everyone|all)\b)", re.IGNORECASE)


def message_lines(text: str) -> list[str]:
    """Return the lines of a message, harmless and without what looks like a secret."""
    return [harmless(line, LONGEST_LINE) for line in redacted(text).splitlines() if line.strip()]


def cut(text: str, longest: int) -> str:
    """Return at most so many characters of a text, the last an ellipsis where more were there."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def slack_text(lines: list[str], longest: int) -> str:
    """Return a message for Slack and what speaks like it.

    `&`, `<` and `>` are escaped, as Slack's own reference asks: `<!here>` and `<@U1>` would be mentions. What speaks
    like Slack (Mattermost, Rocket.Chat) takes a bare `@here` for one, so its @ is written out.
    """
    text = _BROADCAST.sub("(at)", cut("\n".join(lines), longest))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

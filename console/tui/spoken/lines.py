"""Lines of the screen as they are read aloud: words for signs, commas for gaps, a full stop at the end."""

import re
from collections.abc import Sequence
from typing import get_args

from console.settings.screen import ContextColour
from console.tui.panels.lines import Line, PaintedRow, Span, SpanStyle, lay_out, line

_WORDS_FOR_SIGNS = (
    (re.compile(r"(?<=\d)×"), " times"),
    (re.compile(r"(?<=\w)–(?=\w)"), " to "),
    (re.compile(r"\s+→\s+"), " to "),
    (re.compile(r"≥\s*"), "at least "),
    (re.compile(r"<\s*(?=\d)"), "less than "),
    (re.compile(r"(?<=\d)\*"), " in part"),
    (re.compile(r"(?:^|(?<=\s))[✖▲✔?!·▶–▸◂—](?=\s|\w)"), ""),
    (re.compile(r"\s+[·›]\s+"), ", "),
)
"""A status is told by its sign and by a word: read aloud only the word is left."""
_NAMES = {
    "★": "mine ",
    "◆": "version",
    "↕": "replicas",
    "◇": "configuration",
    "≈": "traffic",
    "↑": "up ",
    "↓": "down ",
    "←": "left ",
    "→": "right ",
    "▲": "up ",
    "▼": "down ",
    **dict.fromkeys("✖✔▶▸◂›·×—", " "),
}
"""What signs are called that stand for themselves."""
_GAP = re.compile(r"\s{2,}")
_TWO_STOPS = re.compile(r"\s*([,;:?!.])(?:\s*[,;])+")
_BEFORE_STOP = re.compile(r"\s+(?=\)|[,;:.](?:\s|$))")
_LOUDEST: tuple[SpanStyle, ...] = ("critical", "warning", "unknown", "loud")
_BADGES = frozenset(get_args(ContextColour))
_STOPS = ".!?:;…"


def spoken_text(each: Line) -> str:
    """Return a line as a sentence, empty where there is nothing to say; what stands at the right edge comes last."""
    told = ""
    for index, span in enumerate(each.spans):
        text = span.text
        if span.style == "key":
            told = f"{told.rstrip()}{'' if told.rstrip().endswith(':') or not told.strip() else ';'} ".lstrip()
            key = text.strip(" ▸")
            text = f"{'colon' if key == ':' else key}: "
        elif index == 0 and span.style == "muted" and text.endswith("  ") and text.strip():
            text = f"{text.strip()}: "
        told = told.rstrip() + f" {text.strip()} " if span.style in _BADGES else told + text
    if right := "".join(span.text for span in each.right).strip():
        told = f"{told.rstrip()}, {right}"
    return _sentence(told)


def _sentence(text: str) -> str:
    for sign, word in _WORDS_FOR_SIGNS:
        text = sign.sub(word, text)
    text = "".join(_NAMES.get(character, character) for character in text)
    text = _GAP.sub(", ", text.strip())
    text = _TWO_STOPS.sub(r"\1", text)
    text = _BEFORE_STOP.sub("", text).strip(" ,;")
    return f"{text}." if text and text[-1] not in _STOPS else text


def lay_out_spoken(lines: Sequence[Line], width: int) -> list[PaintedRow]:
    """Return the rows of all sentences in a width (terminal cells); each begins a row of its own."""
    return lay_out([told for each in lines if (told := _told(each)) is not None], width)


def _told(each: Line) -> Line | None:
    """Return what is said of a line; an address is no sentence, no sign in it may become a word."""
    if any(span.link for span in each.spans):
        return each
    text = spoken_text(each)
    return line(Span(text, _loudest(each)), wraps=True) if text else None


def _loudest(each: Line) -> SpanStyle:
    styles = {span.style for span in (*each.spans, *each.right)}
    return next((style for style in _LOUDEST if style in styles), "plain")

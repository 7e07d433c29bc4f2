"""What can be typed after a colon: words with their arguments, and the ids of models. Nothing here changes a system."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from console.domain.label import harmless
from console.settings.nearest import nearest


class BadCommand(Exception):
    """A line that cannot be followed; the text is one line."""


def _nothing() -> Sequence[str]:
    return ()


class Word(msgspec.Struct, frozen=True):
    """The first word of a line.

    `argument` says what may follow, as `COLUMN [asc|desc]`; `candidates` returns what completes it, best first. `run`
    gets the argument, empty where none was typed, and raises BadCommand where it cannot be followed.
    """

    name: str
    told: str
    run: Callable[[str], object]
    argument: str = ""
    candidates: Callable[[], Sequence[str]] = _nothing


class Vocabulary:
    """Words by their names; `models` are ids, which alone on the line open a model with `open_model`.

    `elsewhere` holds words that exist but do nothing here, with the reason. What is not harmless is followed when it is
    typed, and never suggested: a suggestion is painted as it stands.
    """

    def __init__(
        self,
        words: Sequence[Word],
        elsewhere: Mapping[str, str],
        models: Sequence[str],
        open_model: Callable[[str], object],
    ) -> None:
        self._words = {word.name: word for word in words}
        self._elsewhere = elsewhere
        self._models = models
        self._open_model = open_model

    def run(self, line: str) -> None:
        """Follow a line; an empty one does nothing.

        Raises:
            BadCommand: it cannot be followed.
        """
        name, _, argument = line.strip().partition(" ")
        word = self._words.get(name)
        if word is not None:
            if argument.strip() and not word.argument:
                raise BadCommand(f"{name} takes nothing behind it, found '{harmless(argument.strip(), 40)}'")
            word.run(argument.strip())
        elif line.strip() in self._models:
            self._open_model(line.strip())
        elif line.strip():
            raise BadCommand(self._unknown(name))

    def candidates(self, line: str) -> list[str]:
        """Return the lines that begin as this one does, words before models."""
        name, blank, argument = line.lstrip().partition(" ")
        if blank and name in self._words:
            found = self._words[name].candidates()
            return [f"{name} {each}" for each in found if _fits(each, argument.lstrip())]
        known = [*sorted(self._words), *self._models]
        return [each for each in known if _fits(each, line.lstrip())]

    def complete(self, line: str) -> str:
        """Return the best line that begins with this one, the line itself where there is none."""
        if not line.strip():
            return line
        longer = [each for each in self.candidates(line) if len(each) > len(line) and _begins(each, line)]
        return line + longer[0][len(line) :] if longer else line

    def explain(self, line: str) -> str:
        """Return what the word of a line takes and does, empty where the word is not complete yet."""
        word = self._words.get(line.strip().partition(" ")[0])
        if word is None:
            return ""
        return " ".join(filter(None, (word.name, word.argument))) + f"  {word.told}"

    def _unknown(self, name: str) -> str:
        if name in self._elsewhere:
            return f"{name}: {self._elsewhere[name]}"
        found = nearest(name, (*self._words, *self._models, *self._elsewhere))
        shown = harmless(name, 40)
        if found:
            return f"'{shown}' is unknown; nearest: {harmless(found)}"
        return f"'{shown}' is no command and no model; tab completes"


def find_model(typed: str, models: Sequence[str]) -> str:
    """Return the id of a model that somebody typed: all of it, or what only one id holds.

    Raises:
        BadCommand: there is no such model, or there are several.
    """
    if typed in models:
        return typed
    holding = [each for each in models if typed.casefold() in each.casefold()] if typed else []
    if len(holding) == 1:
        return holding[0]
    if holding:
        shown = ", ".join(map(harmless, holding[:3]))
        raise BadCommand(f"{len(holding)} models hold '{harmless(typed, 40)}': {shown}{', …' * (len(holding) > 3)}")
    found = nearest(typed, models)
    told = f"there is no model '{harmless(typed, 40)}'" if typed else "model: expected the id of a model"
    raise BadCommand(told + (f"; nearest: {harmless(found)}" if found else ""))


def _fits(text: str, start: str) -> bool:
    return _begins(text, start) and harmless(text) == text


def _begins(text: str, start: str) -> bool:
    return text[: len(start)].casefold() == start.casefold()

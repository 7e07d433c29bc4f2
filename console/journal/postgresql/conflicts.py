"""What several consoles did at once to the same thing, since they could not see each other."""

import math
from collections.abc import Callable, Iterable, Iterator

from console.domain.label import harmless
from console.domain.moments import clock_time
from console.journal.contents import Entry
from console.journal.events import Intent, RunLine, Unrecognised
from console.journal.incident_events import Acknowledged

MOST_TOLD = 20
TOLD_SECONDS = 7 * 86_400.0
"""What is longer ago is told by reports; nobody takes up a run again after a week."""
_SEEN_IN_A_RUN = frozenset({"evidence", "rollout"})
"""Events of a run that nobody did: each console that watches it sees them."""


class Conflicts:
    """Finds, line after line in the order of the shared journal, what was done without knowing of each other.

    Of two lines about the same run, incident or target, the later one was written at once with the earlier one if its
    console had not seen so much of the journal. `told` has a sentence for each pair of consoles and
    thing, the newest last. With a `clock` (UTC seconds) nothing is told that is longer ago than a week.
    """

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock
        self._newest: dict[tuple[str, str], dict[str, Entry]] = {}
        self._pairs: set[tuple[tuple[str, str], frozenset[str]]] = set()
        self.told: tuple[str, ...] = ()
        """What was found, a harmless line each; another thread may read it at any time."""

    def take(self, entries: Iterable[Entry]) -> None:
        """Look at the next lines of the journal."""
        oldest = self._clock() - TOLD_SECONDS if self._clock is not None else -math.inf
        for entry in entries:
            subject = _subject(entry, oldest)
            if subject is None:
                continue
            of_others = self._newest.setdefault(subject, {})
            for other in self._at_once(entry, of_others):
                pair = subject, frozenset((entry.link.writer, other.link.writer))
                if pair not in self._pairs:
                    self._pairs.add(pair)
                    self.told = (*self.told, _in_words(subject, other, entry))[-MOST_TOLD:]
            of_others[entry.link.writer] = entry

    @staticmethod
    def _at_once(entry: Entry, of_others: dict[str, Entry]) -> Iterator[Entry]:
        for writer, other in of_others.items():
            if writer != entry.link.writer and other.number > entry.link.seen:
                yield other


def _subject(entry: Entry, oldest: float) -> tuple[str, str] | None:
    if isinstance(entry.event, Unrecognised) or entry.event.at < oldest:
        return None
    match entry.event:
        case RunLine(run_id=run_id, name=name) if name not in _SEEN_IN_A_RUN:
            return "advanced run", run_id
        case Acknowledged(incident_id=incident_id):
            return "acknowledged", incident_id
        case Intent(plan=plan):
            return "acted on", f"{plan.target.path} in {plan.target.context}"
    return None


def _in_words(subject: tuple[str, str], first: Entry, second: Entry) -> str:
    if isinstance(first.event, Unrecognised) or isinstance(second.event, Unrecognised):
        raise TypeError("only known events have a subject")
    done, thing = subject
    one, other = (f"{harmless(event.who.shown)} ({clock_time(event.at)} UTC)" for event in (first.event, second.event))
    return f"{one} and {other} both {done} {harmless(thing)} without seeing each other"

"""The runs that this console does not follow, as it shows them: how far they are, and who follows them."""

import logging
from collections.abc import Callable

import msgspec

from console.domain.label import harmless
from console.domain.quantity import how_many
from console.domain.run import Run
from console.engine.run_evidence import RunEvidence
from console.engine.run_journal import OtherRun, RunJournal
from console.engine.run_present import Present
from console.engine.run_view import view_of, view_of_other
from console.playbooks.state import is_over
from console.playbooks.story import Story
from console.playbooks.terms import terms_of

_log = logging.getLogger(__name__)


class OtherRuns:
    """Publishes the runs of others whenever they have changed, with the evidence that this console sees."""

    def __init__(
        self, journal: RunJournal, present: Present, evidence: RunEvidence, publish: Callable[[Run], None]
    ) -> None:
        self._journal = journal
        self._present = present
        self._evidence = evidence
        self._publish = publish
        self._shown: dict[str, Run] = {}

    async def follow(self, mine: frozenset[str]) -> None:
        """Look into the journal and publish what has changed; a journal that cannot be read is asked again later.

        `mine` are the ids of the runs that this console follows.
        """
        try:
            found = await self._journal.others(mine)
        except OSError as error:
            _log.warning("the runs of others cannot be read: %s", harmless(str(error)))
            return
        for other in found:
            self._show(other)

    def shown(self, run_id: str) -> Run | None:
        """Return a run of others as it was published last, None where there is none that is not over."""
        return self._shown.get(run_id)

    def refuse(self, run_id: str, message: str | None = None) -> None:
        """Say why a run does not obey: it is not followed here (None)."""
        run = self._shown.get(run_id)
        if run is not None:
            followed = (
                f"{run.followed_by} follows this run" if run.followed_by else "nobody follows this run: take it up"
            )
            self._publish_run(msgspec.structs.replace(run, message=message or followed))

    def forget(self, run_id: str) -> None:
        """Show a run no more as one that others follow: this console does."""
        self._shown.pop(run_id, None)

    def _show(self, other: OtherRun) -> None:
        story = other.story
        seen, now = self._evidence.observe(story.playbook, story.state), self._present.now()
        message = _warning_of(story)
        view = view_of(story.playbook, story.state, seen, now, message)
        who = other.followed_by
        run = view_of_other(view, harmless(who.shown) if who is not None else None)
        terms = terms_of(story.playbook, self._present.find(run.model_id))
        if who is None and run.ended is None:
            run = msgspec.structs.replace(run, left_by=story.state.followed_by, rests_since=story.last_at)
        run = self._journal.said.onto(run, terms, who.user if who is not None else "", now)
        shown = self._shown.get(run.id)
        if shown is None or msgspec.structs.replace(shown, message=message) != run:
            self._publish_run(run)
        if is_over(story.state):
            self.forget(run.id)

    def _publish_run(self, run: Run) -> None:
        self._shown[run.id] = run
        self._publish(run)


def _warning_of(story: Story) -> str | None:
    """Return what is wrong with the lines of a run, None where nothing is."""
    if story.unexplained is not None:
        return f"this console cannot follow it: {harmless(story.unexplained)}"
    if story.ignored:
        lines = how_many(story.ignored, "line does", "lines do")
        return f"{lines} not count: whoever wrote that did not follow the run any more"
    return None

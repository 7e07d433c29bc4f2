"""Messages of a run that nobody sits before: sent when their hash was agreed to, and no others."""

import pytest

from console.domain.action import Outcome
from console.domain.command import Answer
from console.domain.run import Choice, Delivery, Notice, Run, StepKind, StepState, StepView
from console.headless.exit_codes import ExitCode
from console.headless.runs.consent import Consent
from console.headless.runs.decisions import Decider
from console.headless.runs.news import news_of
from console.headless.runs.stop import Stop

HASH = "0123456789ab"
SEND = Choice("s", "send it to ml, pager", sends=True)
BY_HAND = (Choice("d", "sent", "end"), Choice("x", "not sent", "end"))


def run_of(notice: Notice | None, *choices: Choice, is_rehearsal: bool = False) -> Run:
    return Run(
        id="r1",
        playbook_id="tell",
        playbook_version=1,
        title="Tell",
        owners=(),
        model_id="fraud",
        incident_id=None,
        started=0.0,
        by="ann",
        steps=(StepView("tell", StepKind.NOTIFY, "tell ml, pager", StepState.ACTIVE, "fraud is slow"),),
        active="tell",
        choices=choices,
        notice=notice,
        is_rehearsal=is_rehearsal,
    )


READY = run_of(Notice(("ml", "pager"), HASH), SEND, *BY_HAND)


@pytest.mark.parametrize(
    ("run", "consent", "code", "told"),
    [
        (READY, Consent(), ExitCode.PERSON_NEEDED, f"call this again with --write --yes --plan {HASH}"),
        (
            READY,
            Consent(plan_hash=HASH),
            ExitCode.PERSON_NEEDED,
            f"call this again with --write --yes --plan {HASH}",
        ),
        (READY, Consent(plan_hash="another", may_write=True), ExitCode.PERSON_NEEDED, "--plan confirms another"),
        (
            run_of(Notice(("ml",), HASH, "ml: read-only: start with --write"), *BY_HAND),
            Consent(plan_hash=HASH, may_write=True),
            ExitCode.REFUSED,
            "the message cannot be sent: ml: read-only",
        ),
        (
            run_of(Notice(("ml",), "", "ml is no channel that is configured"), *BY_HAND),
            Consent(plan_hash=HASH, may_write=True),
            ExitCode.PERSON_NEEDED,
            "step tell waits for a person (d sent, x not sent; ml is no channel that is configured)",
        ),
        (run_of(Notice(("ml",)), *BY_HAND, is_rehearsal=True), Consent(), ExitCode.PERSON_NEEDED, "waits for a person"),
    ],
)
def test_what_was_not_agreed_to_is_not_sent(run: Run, consent: Consent, code: ExitCode, told: str) -> None:
    stop = Decider(consent).next(run)
    assert isinstance(stop, Stop)
    assert stop.code is code
    assert told in stop.reason


def test_what_was_agreed_to_is_sent_once() -> None:
    decider = Decider(Consent(plan_hash=HASH, may_write=True))
    assert decider.next(READY) == Answer("r1", "tell", "s", notice_hash=HASH)
    assert decider.next(run_of(Notice(("ml", "pager"), HASH))) is None
    again = decider.next(READY)
    assert isinstance(again, Stop)
    assert again.code is ExitCode.PERSON_NEEDED


def test_a_message_that_is_being_prepared_is_waited_for() -> None:
    assert Decider(Consent()).next(run_of(Notice(("ml", "pager")), *BY_HAND)) is None


def test_a_channel_that_fails_leads_the_way_of_a_failure() -> None:
    failed = Notice(("ml",), HASH, "", (Delivery("ml", Outcome.NOT_APPLIED, "refused: 404"),))
    run = run_of(failed, Choice("r", "prepare it again for ml"), *BY_HAND)
    assert Decider(Consent(plan_hash=HASH, may_write=True)).next(run) == Answer("r1", "tell", "x")


def test_an_answer_that_was_given_counts_before_anything_is_sent() -> None:
    assert Decider(Consent({"tell": "d"}, HASH, may_write=True)).next(READY) == Answer("r1", "tell", "d")


def test_it_tells_hash_reasons_and_outcomes() -> None:
    delivered = Notice(("ml",), HASH, "", (Delivery("ml", Outcome.UNKNOWN, "nobody knows"),))
    texts = [news.text for news in news_of(READY, run_of(delivered, *BY_HAND))]
    assert f"  message {HASH} to ml\n    ml: unknown: nobody knows" in texts

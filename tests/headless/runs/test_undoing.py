"""The undo of a run that nobody sits before."""

import msgspec
import pytest

from console.domain.action import Outcome
from console.domain.command import CommitPlan
from console.domain.run import Run, Undoing
from console.headless.exit_codes import ExitCode
from console.headless.runs.consent import Consent
from console.headless.runs.decisions import Decider
from console.headless.runs.stop import Stop
from console.headless.runs.telling import RunTeller
from console.headless.runs.undoing import UndoDecider
from console.journal.events import RunReference
from tests.engine.stage import Stage
from tests.engine.test_single_actions import asked
from tests.engine.walk import shown_plan

CAPTURE = pytest.CaptureFixture[str]


async def planned() -> Run:
    """Return a run with the plan of an undo in hand."""
    run = await asked(Stage())
    back = msgspec.structs.replace(shown_plan(run), undoes="0123456789ab")
    return msgspec.structs.replace(run, plan=back, undoing=Undoing(is_under_way=True))


async def test_the_plan_of_an_undo_is_sent_when_it_was_confirmed() -> None:
    run = await planned()
    hash_ = shown_plan(run).hash
    stop = UndoDecider(Consent()).next(run)
    assert isinstance(stop, Stop)
    assert stop.code is ExitCode.PERSON_NEEDED
    assert UndoDecider(Consent(plan_hash=hash_, may_write=True)).next(run) == CommitPlan(run.id, hash_)


@pytest.mark.parametrize(
    ("undoing", "stop"),
    [
        (Undoing(is_under_way=True), None),
        (Undoing(outcome=Outcome.VERIFIED), Stop(ExitCode.OK, "taken back")),
        (Undoing(outcome=Outcome.NOT_VERIFIED), Stop(ExitCode.WARNING, "not seen to be taken back")),
        (Undoing(outcome=Outcome.UNKNOWN), Stop(ExitCode.UNKNOWN, "unknown whether it was taken back")),
        (Undoing(why_not="6 now, not 8"), Stop(ExitCode.REFUSED, "nothing was taken back: 6 now, not 8")),
        (None, Stop(ExitCode.REFUSED, "nothing was taken back")),
    ],
)
async def test_it_ends_when_it_is_known_what_became_of_it(undoing: Undoing | None, stop: Stop | None) -> None:
    run = msgspec.structs.replace(await planned(), plan=None, undoing=undoing)
    assert UndoDecider(Consent(plan_hash="x", may_write=True)).next(run) == stop


async def test_what_could_not_begin_is_refused() -> None:
    stage = Stage()
    run = msgspec.structs.replace(await asked(stage), steps=(), active=None, ended=1.0, message="no cluster")
    assert Decider(Consent()).next(run) == Stop(ExitCode.REFUSED, "no cluster")


@pytest.mark.parametrize(
    ("refusals", "code"),
    [
        (("read-only: start with --write, or set kubernetes.write",), ExitCode.PERSON_NEEDED),
        (("read-only: start with --write, or set kubernetes.write", "no quota"), ExitCode.REFUSED),
        (("read-only: read_only is set in the configuration",), ExitCode.REFUSED),
    ],
)
async def test_a_plan_that_no_flag_lets_pass_is_not_told_how_to_be_sent(
    refusals: tuple[str, ...], code: ExitCode
) -> None:
    run = await asked(Stage())
    refused = msgspec.structs.replace(run, plan=msgspec.structs.replace(shown_plan(run), refusals=refusals))
    stop = Decider(Consent()).next(refused)
    assert isinstance(stop, Stop)
    assert stop.code is code


async def test_what_is_waited_for_is_told_when_it_begins_and_once_a_minute(capsys: CAPTURE) -> None:
    stage = Stage()
    run = await asked(stage)
    now = 0.0
    teller = RunTeller("text", clock=lambda: now)
    teller.tell(run)
    sent = msgspec.structs.replace(run, plan=None, progress="anomalies 1, wanted 0")
    teller.tell(sent)
    assert "waits" not in capsys.readouterr().err
    commitment = await stage.executor.commit(
        shown_plan(run), shown_plan(run).hash, RunReference(run.id, "do", run.playbook_id, 1, None)
    )
    watched = msgspec.structs.replace(sent, commitment=commitment)
    told = []
    for now in (0.0, 30.0, 60.0, 90.0):  # noqa: B007 -- the clock reads it
        teller.tell(watched)
        told.append(capsys.readouterr().err)
    words = "incident-console: waits: anomalies 1, wanted 0\n"
    assert told == [words, "", words, ""]

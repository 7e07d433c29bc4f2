"""A run that nobody sits before: what it answers, what it sends, where it stops."""

import msgspec

from console.domain.action import Commitment, Outcome
from console.domain.command import Answer, CommitPlan, GiveParameter, StartRun
from console.domain.run import Asked, Run
from console.headless.exit_codes import ExitCode
from console.headless.runs.consent import Consent
from console.headless.runs.decisions import LOOKS_BEFORE_BLOCKED, Decider
from console.headless.runs.news import news_of
from console.headless.runs.stop import Stop
from tests.engine.stage import FINE, MODEL_ID, SLOW, Stage, model_view
from tests.engine.walk import shown_plan, states

SCALE = {"decide": "s"}


async def follow(stage: Stage, consent: Consent, *, rehearse: bool = False) -> Stop:
    """Follow scale-out as the command does, until it stops."""
    await stage.snapshot(SLOW)
    await stage.send(StartRun(MODEL_ID, "scale-out", rehearse))
    return await go_on(stage, Decider(consent))


async def go_on(stage: Stage, decider: Decider) -> Stop:
    for _ in range(100):
        await stage.quiet()
        step = decider.next(stage.run)
        if isinstance(step, Stop):
            return step
        if step is not None:
            await stage.send(step)
            continue
        stage.now += 5.0
        await stage.snapshot(FINE if stage.executor.committed else SLOW)
        decider.on_snapshot(stage.run)
    raise AssertionError("it waits for ever")


async def test_it_stops_at_a_decision_that_nobody_answered() -> None:
    stop = await follow(Stage(), Consent())
    assert stop.code is ExitCode.PERSON_NEEDED
    assert stop.reason.startswith("step decide waits for a person (s too few replicas")


async def test_it_stops_at_the_plan_and_says_how_to_send_it() -> None:
    stage = Stage()
    stop = await follow(stage, Consent(SCALE))
    assert stop.code is ExitCode.PERSON_NEEDED
    hash_ = shown_plan(stage.run).hash
    assert stop.reason == f"the plan was not confirmed; to send it, call this again with --write --yes --plan {hash_}"
    assert stage.executor.committed == []


async def test_a_plan_is_sent_when_its_hash_was_confirmed_and_writing_is_allowed() -> None:
    stage = Stage()
    await follow(stage, Consent(SCALE))
    hash_ = shown_plan(stage.run).hash
    for consent, code in [
        (Consent(SCALE, hash_), ExitCode.PERSON_NEEDED),
        (Consent(SCALE, "another", may_write=True), ExitCode.REFUSED),
    ]:
        assert (await go_on(stage, Decider(consent))).code is code
        assert stage.executor.committed == []
    stop = await go_on(stage, Decider(Consent({**SCALE, "close": "d"}, hash_, may_write=True)))
    assert [plan.hash for plan, _ in stage.executor.committed] == [hash_]
    assert (stop.code, stop.reason) == (ExitCode.OK, "the run ended, its action: verified")


async def test_a_plan_that_was_confirmed_is_waited_for_until_it_has_left_and_not_confirmed_again() -> None:
    stage = Stage()
    await follow(stage, Consent(SCALE))
    run = stage.run
    decider = Decider(Consent(SCALE, shown_plan(run).hash, may_write=True))
    assert decider.next(run) == CommitPlan(run.id, shown_plan(run).hash)
    assert decider.next(run) is None
    refused = decider.next(msgspec.structs.replace(run, message="the evidence of now is still being read"))
    assert isinstance(refused, Stop)
    assert refused.code is ExitCode.REFUSED


async def test_a_plan_that_cannot_be_sent_is_refused() -> None:
    stage = Stage()
    stage.executor.refusals = ("no quota",)
    stop = await follow(stage, Consent(SCALE, "x", may_write=True))
    assert (stop.code, stop.reason) == (ExitCode.REFUSED, "the plan cannot be sent: no quota")
    stage = Stage()
    stage.executor.refuse_plan = "no workload"
    stop = await follow(stage, Consent(SCALE))
    assert (stop.code, stop.reason) == (ExitCode.REFUSED, "there is no plan: no workload")


async def test_a_commit_that_is_refused_is_told_and_not_tried_again() -> None:
    stage = Stage()
    await follow(stage, Consent(SCALE))
    stage.executor.refuse_commit = "busy"
    stop = await go_on(stage, Decider(Consent(SCALE, shown_plan(stage.run).hash, may_write=True)))
    assert (stop.code, stop.reason) == (ExitCode.REFUSED, "it was not done: busy")


async def test_an_action_that_its_guards_block_is_waited_for_a_while() -> None:
    stage = Stage()
    await stage.snapshot(SLOW)
    await stage.send(StartRun(MODEL_ID, "scale-out"))
    decider = Decider(Consent(SCALE))
    blocked = model_view(ready=1)
    answer = decider.next(stage.run)
    assert isinstance(answer, Answer)
    await stage.snapshot(blocked)
    await stage.send(answer)
    looks = 0
    while decider.next(stage.run) is None:
        await stage.pass_time(5, blocked)
        decider.on_snapshot(stage.run)
        looks += 1
    stop = decider.next(stage.run)
    assert isinstance(stop, Stop)
    assert (looks, stop.code) == (LOOKS_BEFORE_BLOCKED, ExitCode.REFUSED)
    assert stop.reason.startswith("the action is blocked: ")


async def test_a_rehearsal_goes_to_its_end_and_sends_nothing() -> None:
    stage = Stage()
    stop = await follow(stage, Consent({**SCALE, "hold": "v", "close": "d"}), rehearse=True)
    assert (stop.code, stop.reason) == (ExitCode.OK, "the run ended, nothing was sent")
    assert states(stage.run)["scale"] == "done"
    assert stage.executor.committed == []


async def test_it_waits_until_others_have_approved() -> None:
    stage = Stage()
    await follow(stage, Consent(SCALE))
    run = stage.run
    decider = Decider(Consent(SCALE, shown_plan(run).hash, may_write=True))
    asked = msgspec.structs.replace(run, approvals_needed=1)
    assert decider.next(asked) is None
    approved = msgspec.structs.replace(asked, approved_by=("bob@laptop",))
    assert decider.next(approved) == CommitPlan(run.id, shown_plan(run).hash)


async def test_the_exit_code_tells_what_became_of_the_action() -> None:
    stage = Stage()
    run = await stage.start()
    assert run.commitment is None
    codes = {}
    for outcome in Outcome:
        sent = await ended_with(stage, run, outcome)
        stop = Decider(Consent()).next(sent)
        assert isinstance(stop, Stop)
        codes[outcome] = stop.code
    assert codes == {
        Outcome.VERIFIED: ExitCode.OK,
        Outcome.APPLIED: ExitCode.WARNING,
        Outcome.NOT_VERIFIED: ExitCode.WARNING,
        Outcome.NOT_APPLIED: ExitCode.WARNING,
        Outcome.WORSE: ExitCode.CRITICAL,
        Outcome.UNKNOWN: ExitCode.UNKNOWN,
    }


async def ended_with(stage: Stage, run: Run, outcome: Outcome) -> Run:
    return msgspec.structs.replace(run, ended=stage.now, commitment=Commitment(outcome, "told", stage.now))


async def test_each_thing_is_told_once() -> None:
    stage = Stage()
    await follow(stage, Consent(SCALE))
    told: list[str] = []
    before: Run | None = None
    for run in stage.published:
        told += [news.event for news in news_of(before, run)]
        before = run
    assert told.count("plan") == told.count("run") == 1
    assert list(news_of(before, stage.run)) == []
    plan = next(news for news in news_of(None, stage.run) if news.event == "plan")
    assert "    replicas: 4 → 8" in plan.text.splitlines()
    assert plan.detail["plan"]["hash"] == shown_plan(stage.run).hash
    step = next(news for news in news_of(None, stage.run) if news.event == "step")
    assert step.detail["step"]["at"] == "1970-01-01T00:16:40Z"


async def test_a_parameter_is_given_once_and_asked_of_a_person_where_no_answer_has_it() -> None:
    stage = Stage()
    run = msgspec.structs.replace(await stage.start(), asked=(Asked("to", "the good version", "a text"),))
    stop = Decider(Consent(SCALE)).next(run)
    assert isinstance(stop, Stop)
    assert stop.reason == "the good version is asked for: a text; --answers has no params.to"
    decider = Decider(Consent({"params.to": "v41"}))
    assert decider.next(run) == GiveParameter(run.id, "to", "v41")
    refused = decider.next(msgspec.structs.replace(run, message="no such version"))
    assert isinstance(refused, Stop)
    assert (refused.code, refused.reason) == (ExitCode.REFUSED, "params.to is not taken: no such version")


async def test_an_answered_value_is_planned_with_though_the_playbook_has_a_default() -> None:
    stage = Stage()
    await follow(stage, Consent({**SCALE, "params.replicas": "7"}))
    assert [change.after for change in shown_plan(stage.run).changes] == ["7"]


async def test_a_value_that_comes_after_the_plan_has_it_made_anew_and_the_same_value_does_not() -> None:
    stage = Stage()
    await follow(stage, Consent(SCALE))
    before = shown_plan(stage.run).hash
    await go_on(stage, Decider(Consent({**SCALE, "params.replicas": "7"})))
    anew = shown_plan(stage.run)
    assert ([change.after for change in anew.changes], anew.hash != before) == (["7"], True)
    await go_on(stage, Decider(Consent({**SCALE, "params.replicas": "7"})))
    assert shown_plan(stage.run) is anew

"""What every action must show, whatever system it acts on: a check each, on a stand that its provider sets up."""

from collections.abc import Mapping
from typing import Protocol

from console.actions.contract.stand import Lacking, Stand
from console.actions.contract.texts import HOSTILE, hostile_occasions, is_harmless, texts_of
from console.actions.provider import ActionRefused, Occasion, contexts_of
from console.domain.action import Commitment, Outcome, Plan, RiskTier


class Check(Protocol):
    """One thing that every action must show."""

    __name__: str

    async def __call__(self, stand: Stand, lacking: Lacking, /) -> None:
        """Try the action.

        Raises:
            ContractBroken: it does something else.
        """
        ...


LAST_ARRIVAL_SECONDS = 120.0
"""A request that was sent so long ago cannot arrive any more, by what proxies and servers wait for by default."""
_LOOKS = 60
_BETWEEN_LOOKS_SECONDS = 10.0


class ContractBroken(AssertionError):
    """An action does not do what every action must; the message says what."""


async def check_plans_without_changing(stand: Stand, lacking: Lacking) -> None:
    """A plan says what it would do and changes nothing; two plans of one state are one, by their hash."""
    before, specification = await stand.state(), stand.action.specification
    plan = await _planned(stand)
    _must(plan.action == specification.name, f"the plan is of {plan.action}, the action is {specification.name}")
    _must(plan.target.context in contexts_of(stand.action), f"{plan.target.context} is no place of the action")
    _must(bool(plan.title and plan.confirm and plan.dry_run), "title, confirm or dry_run is empty")
    _must(bool(plan.changes), "a plan without changes tells nobody what it does")
    _must(plan.tier >= RiskTier.BOUNDED, f"tier {plan.tier} is for what only reads")
    told = (specification.undo is not None, plan.undo is not None)
    _must(told == (lacking.undo is None,) * 2, f"specification and plan say of an undo {told}: {lacking.undo}")
    rehearsals = stand.rehearsed
    if lacking.dry_run is None:
        _must(rehearsals > 0, "no dry run arrived, although the system has one")
    else:
        _must(rehearsals == 0, f"a dry run arrived, although: {lacking.dry_run}")
    again = await _planned(stand)
    _must(again.hash == plan.hash, "two plans of the same state have different hashes: nobody could approve one")
    _must(stand.sent == 0, "planning sent a request that changes something")
    _must(await stand.state() == before, "planning changed the system")


async def check_only_reads_where_told_to(stand: Stand, lacking: Lacking) -> None:
    """A console that only reads sends not even a dry run."""
    plan = await stand.action.plan(stand.occasion, stand.arguments, may_dry_run=False)
    _must((stand.sent, stand.rehearsed) == (0, 0), "a console that only reads sent a change or a dry run")
    _must(bool(plan.dry_run), "the plan does not say that nothing was rehearsed")


async def check_refuses_unknown_arguments(stand: Stand, lacking: Lacking) -> None:
    """An argument that the action does not have is refused by its name, in one harmless line."""
    try:
        await stand.action.plan(stand.occasion, {**stand.arguments, "no_such": 1}, may_dry_run=True)
    except ActionRefused as refusal:
        _must("no_such" in str(refusal), f"the refusal does not name the argument: {refusal}")
        _must(is_harmless(str(refusal)), "the refusal is not harmless")
    else:
        raise ContractBroken("an argument that the action does not have was accepted")
    _must((stand.sent, stand.rehearsed) == (0, 0), "something was sent for arguments that are wrong")


async def check_commits_once(stand: Stand, lacking: Lacking) -> None:
    """A commit sends one request, changes what the plan says, and is followed to its end."""
    before, plan = await stand.state(), await _planned(stand)
    commitment = await _committed(stand, plan)
    _must(commitment.outcome is Outcome.APPLIED, f"the outcome is {_shown(commitment)}")
    _must(stand.sent == 1, f"{stand.sent} requests arrived for one commit")
    _must(await stand.state() != before, "nothing changed in the system, or `state` does not see it")
    await _followed(stand, plan)
    _must(stand.sent == 1, "observing sent a request that changes something")
    settled = await stand.action.settle(plan, plan.made_at)
    _must(settled.outcome is not Outcome.NOT_APPLIED, f"settle denies what was applied: {_shown(settled)}")
    _must(stand.sent == 1, "settling sent a request that changes something")


async def check_undoes(stand: Stand, lacking: Lacking) -> None:
    """What was done is taken back by the recorded inverse, or says that it cannot be."""
    before, plan = await stand.state(), await _planned(stand)
    await _applied(stand, plan)
    if lacking.undo is not None:
        refusal = await _why_no_undo(stand, plan)
        _must(refusal is not None, f"an undo is planned, although: {lacking.undo}")
        return
    undo = await stand.action.plan_undo(plan, may_dry_run=True)
    _must(undo.refusals == (), f"the undo is refused: {undo.refusals}")
    _must(undo.undoes == plan.hash, "undo.undoes is not the hash of what it takes back")
    _must(undo.target.uid == plan.target.uid, "the undo is of another target: locks would not exclude them")
    _must(stand.sent == 1, "planning the undo sent a request that changes something")
    await _applied(stand, undo)
    _must(stand.sent == 2, f"{stand.sent} requests arrived for a commit and its undo")
    after = await stand.state()
    _must(after == before, f"after the undo the state is {after!r}, it was {before!r}")
    await _followed(stand, undo)


async def check_refuses_another_state(stand: Stand, lacking: Lacking) -> None:
    """What a colleague changed between plan and commit stays, and the refusal says to what."""
    plan = await _planned(stand)
    told = await stand.change_before_commit()
    theirs, sent = await stand.state(), stand.sent
    commitment = await _committed(stand, plan)
    _must(commitment.outcome is Outcome.NOT_APPLIED, f"a colleague's change was run over: {_shown(commitment)}")
    _must(told in commitment.detail, f"'{told}' is not told: {commitment.detail}")
    _must(stand.sent - sent <= 1, "it was sent more than once")
    _must(await stand.state() == theirs, "the colleague's change did not stay")


async def check_refuses_to_undo_what_moved_on(stand: Stand, lacking: Lacking) -> None:
    """Nothing is undone over somebody else's change, whether it came before the undo was planned or after."""
    plan = await _planned(stand)
    await _applied(stand, plan)
    early = await stand.action.plan_undo(plan, may_dry_run=True)
    told = await stand.change_after_commit()
    theirs, sent = await stand.state(), stand.sent
    progress = await stand.action.observe(plan)
    _must(progress.done is not True, f"it is called done after a colleague took it over: {progress.text}")
    refusal = await _why_no_undo(stand, plan)
    _must(refusal is not None, "the undo is offered although somebody changed what it would take back")
    _must(told in (refusal or ""), f"'{told}' is not told: {refusal}")
    _must(stand.sent == sent, "planning the undo sent a request that changes something")
    if lacking.precondition is None:
        late = await _committed(stand, early)
        _must(late.outcome is Outcome.NOT_APPLIED, f"an undo ran over a colleague's change: {_shown(late)}")
        _must(stand.sent - sent <= 1, "the undo was sent more than once")
        _must(await stand.state() == theirs, "the colleague's change did not stay")


async def check_tells_before_what_is_forbidden(stand: Stand, lacking: Lacking) -> None:
    """Who may not do it is told before the key, in the list or in the plan, and nothing is sent for it."""
    await stand.forbid()
    reason: str | None
    try:
        reason = (await stand.action.prospect(stand.occasion)).why_not
        plan = await stand.action.plan(stand.occasion, stand.arguments, may_dry_run=True)
        reason = reason or next(iter(plan.refusals), None)
    except ActionRefused as refusal:
        reason = str(refusal)
    _must(bool(reason), "neither prospect nor plan says that it is forbidden")
    _must(is_harmless(reason or ""), "the reason is not harmless")
    _must(stand.sent == 0, "planning sent a request that changes something")


async def check_tells_after_what_is_forbidden(stand: Stand, lacking: Lacking) -> None:
    """A permission that is lost after the plan changes nothing; the request is sent once at most."""
    before, plan = await stand.state(), await _planned(stand)
    await stand.forbid()
    commitment = await _committed(stand, plan)
    _must(commitment.outcome is Outcome.NOT_APPLIED, f"what is forbidden came to {_shown(commitment)}")
    _must(stand.sent <= 1, f"{stand.sent} requests arrived for one commit that is forbidden")
    _must(await stand.state() == before, "what is forbidden was done")


async def check_reads_what_became_of_a_lost_answer(stand: Stand, lacking: Lacking) -> None:
    """An answer that is lost is told by reading, and never by sending again."""
    plan = await _planned(stand)
    await stand.lose_answer()
    commitment = await _committed(stand, plan)
    expected = Outcome.APPLIED if lacking.proof_of_effect is None else Outcome.UNKNOWN
    _must(commitment.outcome is expected, f"without an answer the outcome is {_shown(commitment)}, not {expected}")
    _must(stand.sent == 1, f"{stand.sent} requests arrived for one commit")


async def check_reads_what_became_of_a_lost_request(stand: Stand, lacking: Lacking) -> None:
    """A request that may still arrive is unknown; once it cannot, reading tells, and nothing is sent again."""
    before, plan = await stand.state(), await _planned(stand)
    await stand.pass_time(2.0)
    planned_again = await _planned(stand)
    await stand.lose_request()
    commitment = await _committed(stand, planned_again)
    at_once = Outcome.UNKNOWN if lacking.late_arrival is None else Outcome.NOT_APPLIED
    _must(commitment.outcome is at_once, f"right after a lost request it is said to be {_shown(commitment)}")
    await stand.pass_time(LAST_ARRIVAL_SECONDS)
    settled = await stand.action.settle(planned_again, commitment.at)
    expected = Outcome.NOT_APPLIED if lacking.proof_of_absence is None else Outcome.UNKNOWN
    _must(settled.outcome is expected, f"what cannot arrive any more is said to be {_shown(settled)}, not {expected}")
    _must(stand.sent <= 1, f"{stand.sent} requests arrived for one commit")
    _must(await stand.state() == before, "the request was lost, and yet something changed")
    _must(plan.hash == planned_again.hash, "a plan two seconds later has another hash")


async def check_shows_nothing_hostile(stand: Stand, lacking: Lacking) -> None:
    """Names and values from outside steer no terminal, and make nothing look less risky than it is."""
    usual = await _planned(stand)
    texts = [argument.name for argument in stand.action.specification.arguments if argument.kind == "text"]
    for name in texts:
        await _plan_is_harmless(stand, stand.occasion, {**stand.arguments, name: HOSTILE}, usual.tier)
    plans = [
        await _plan_is_harmless(stand, occasion, stand.arguments, usual.tier)
        for occasion in hostile_occasions(stand.occasion)
    ]
    plan = next((plan for plan in plans if plan is not None and not plan.refusals), None)
    if plan is not None:
        await _committed(stand, plan)
        progress = await stand.action.observe(plan)
        _must(is_harmless(f"{progress.failed}{progress.text}"), f"what is observed is not harmless: {progress.text!r}")


_ALWAYS: tuple[Check, ...] = (
    check_plans_without_changing,
    check_only_reads_where_told_to,
    check_refuses_unknown_arguments,
    check_commits_once,
    check_undoes,
    check_tells_after_what_is_forbidden,
    check_reads_what_became_of_a_lost_answer,
    check_reads_what_became_of_a_lost_request,
    check_shows_nothing_hostile,
)


def checks_of(lacking: Lacking) -> tuple[Check, ...]:
    """Return the checks that an action has to pass, given what its system cannot do."""
    further: list[Check] = []
    if lacking.precondition is None:
        further.append(check_refuses_another_state)
    if lacking.foresight is None:
        further.append(check_tells_before_what_is_forbidden)
    if lacking.undo is None and lacking.undo_guard is None:
        further.append(check_refuses_to_undo_what_moved_on)
    return (*_ALWAYS, *further)


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ContractBroken(otherwise)


def _shown(commitment: Commitment) -> str:
    return f"{commitment.outcome} ({commitment.detail})"


async def _planned(stand: Stand) -> Plan:
    plan = await stand.action.plan(stand.occasion, stand.arguments, may_dry_run=True)
    _must(plan.refusals == (), f"the plan is refused: {plan.refusals}")
    return plan


async def _committed(stand: Stand, plan: Plan) -> Commitment:
    commitment = await stand.action.commit(plan)
    _must(is_harmless(commitment.detail), f"the commitment is not harmless: {commitment.detail!r}")
    _must(bool(commitment.detail), "the commitment says nothing")
    return commitment


async def _applied(stand: Stand, plan: Plan) -> None:
    commitment = await _committed(stand, plan)
    _must(commitment.outcome is Outcome.APPLIED, f"the outcome is {_shown(commitment)}")


async def _followed(stand: Stand, plan: Plan) -> None:
    """Look until the system is done with a plan."""
    told = ""
    for _ in range(_LOOKS):
        progress = await stand.action.observe(plan)
        _must(progress.failed is None, f"observing says that it failed: {progress.failed}")
        if progress.done:
            return
        told = progress.text
        await stand.pass_time(_BETWEEN_LOOKS_SECONDS)
    raise ContractBroken(f"it is never done: {told}")


async def _why_no_undo(stand: Stand, plan: Plan) -> str | None:
    """Return why an undo is refused, None where it is not."""
    try:
        return next(iter((await stand.action.plan_undo(plan, may_dry_run=True)).refusals), None)
    except ActionRefused as refusal:
        return str(refusal)


async def _plan_is_harmless(
    stand: Stand, occasion: Occasion, arguments: Mapping[str, object], usual: RiskTier
) -> Plan | None:
    try:
        plan = await stand.action.plan(occasion, arguments, may_dry_run=True)
    except ActionRefused as refusal:
        _must(is_harmless(str(refusal)), f"the refusal is not harmless: {str(refusal)!r}")
        return None
    for text in texts_of(plan):
        _must(is_harmless(text), f"the plan is not harmless: {text!r}")
    _must(plan.tier >= usual, f"a hostile name lowers the tier from {usual} to {plan.tier}")
    return plan

"""Runs as several people see them: rehearsed, followed by others, left, asked to be approved, noted on."""

import msgspec

from console.domain.action import RiskTier
from console.domain.model_actions import ModelActions, OfferedAction, OfferedArgument
from console.domain.run import Asked, Choice, Note, Run, StepKind, StepState, StepView
from console.domain.snapshot import Acknowledgement, ModelView
from console.domain.typed_value import Takes
from tests.tui import scenes
from tests.tui.scenes import AT, DECIDED

NOTES = (
    Note(AT - 400, "ann@bastion", "the feature store is slow since the deploy of 03:05"),
    Note(AT - 60, "bob@laptop", "raise the limit of the pool before Monday", follow_up=True),
)
ANN = "ann@bastion"
MESSAGE = "fraud is slow since 03:08 UTC: p99 2.40 s.\nWe scale it out to 6 replicas; follow in #incidents."


def rehearsed() -> Run:
    """A rehearsal whose plan waits for its key."""
    return msgspec.structs.replace(scenes.planned(), is_rehearsal=True)


def of_another() -> Run:
    """A run that somebody else follows."""
    run = scenes.deciding()
    return msgspec.structs.replace(run, id="0c1d", choices=(), is_mine=False, followed_by=ANN, notes=NOTES)


def left() -> Run:
    """A run that nobody follows any more."""
    return msgspec.structs.replace(of_another(), followed_by=None, left_by=ANN, rests_since=AT - 492)


def asks_for_approval(*approved_by: str, is_mine: bool = False) -> Run:
    """A run whose plan waits for two other people to agree."""
    whose = {"is_mine": True} if is_mine else {"is_mine": False, "followed_by": ANN, "choices": ()}
    return msgspec.structs.replace(scenes.planned(), approvals_needed=2, approved_by=approved_by, **whose)


def tells() -> Run:
    """A run that stands at a message to be sent; a step before it was passed over."""
    told = StepView("tell", StepKind.NOTIFY, "tell incidents, ml-serving", StepState.ACTIVE, MESSAGE)
    run = scenes.run(
        {**DECIDED, "scale": (StepState.SKIPPED, "")},
        None,
        choices=(Choice("d", "sent", "hold"), Choice("x", "not sent", "hold")),
        notes=NOTES,
    )
    return msgspec.structs.replace(run, steps=(*run.steps[:3], told, *run.steps[3:]), active="tell")


def asks() -> Run:
    """A run that needs values which only a person can give."""
    asked = (
        Asked("to", "version to go back to", "a text of one line"),
        Asked("depth", "how deep", "one of all, half", ("all", "half")),
    )
    return msgspec.structs.replace(scenes.run({**DECIDED, "scale": (StepState.ACTIVE, "")}, "scale"), asked=asked)


def waits() -> Run:
    """A run for another model that goes on by itself."""
    states = {**DECIDED, "scale": (StepState.DONE, "verified"), "hold": (StepState.ACTIVE, "")}
    progress = "latency 0.38 s, wanted under 0.40 s for 10 min (so for 4 min); 11 min left"
    run = scenes.run(states, "hold", run_id="51ee", progress=progress, choices=(Choice("x", "stop waiting", "close"),))
    return msgspec.structs.replace(run, model_id="eta", incident_id="eta@2026-11-22T03:14:02Z")


def several() -> tuple[Run, ...]:
    """Runs of every sort: the list of them."""
    ended = msgspec.structs.replace(scenes.ended(), id="99aa", model_id="ads")
    other = msgspec.structs.replace(of_another(), id="3b3b", model_id="ocr", notes=())
    return waits(), ended, other, scenes.deciding(), left()


def acknowledged() -> ModelView:
    """The worst model, which somebody takes care of and people wrote about."""
    return msgspec.structs.replace(scenes.fraud(), acknowledged=Acknowledgement(ANN, AT - 492), notes=NOTES)


def actions(model_id: str = "fraud") -> ModelActions:
    """What can be done on a model: some of it, some not, some that is still asked for."""
    takes, minutes = Takes(is_whole=True, least=1), Takes(is_whole=True, least=1, most=120)
    replicas = OfferedArgument("replicas", "how many replicas to run", takes.expected, present="3", takes=takes)
    silence = (
        OfferedArgument("minutes", "how long", minutes.expected, takes=minutes),
        OfferedArgument("comment", "why, for whoever reads it", "a text of at most 1000 characters", required=False),
    )
    back = "the number of before is set again"
    forbidden = "you may not patch deployments in namespace ml (RBAC)"
    tier = RiskTier.WIDE
    scale, roll_back = "Set the number of replicas", "Roll back to another version"
    return ModelActions(
        model_id,
        (
            OfferedAction("kubernetes.scale", scale, RiskTier.BOUNDED, back, (replicas,), "prod-eu"),
            OfferedAction("kubernetes.roll_back", roll_back, tier, back, (), "prod-eu", forbidden),
            OfferedAction("kubernetes.restart", "Restart all replicas", tier, None, (), "prod-eu", is_asked=True),
            OfferedAction("alertmanager.silence", "Silence its alerts", RiskTier.BOUNDED, "expire it", silence, "am"),
            *(
                OfferedAction(f"mlflow.{name}", title, tier, None, why_not="no mlflow is configured", is_foreign=True)
                for name, title in (("set_alias", "Move an alias"), ("delete_alias", "Take an alias away"))
            ),
        ),
    )


def single(asked_as: str = "1", *, model_id: str = "fraud", to: int = 6, tier: RiskTier = RiskTier.BOUNDED) -> Run:
    """A single action whose plan waits for its key."""
    step = StepView("do", StepKind.ACTION, f"Set the number of replicas: replicas {to}", StepState.ACTIVE)
    shown = msgspec.structs.replace(scenes.plan(tier, to=to), model_id=model_id)
    return msgspec.structs.replace(
        scenes.planned(shown),
        id=f"a{asked_as}",
        playbook_id="action-kubernetes-scale",
        title="Set the number of replicas",
        owners=("a single action",),
        model_id=model_id,
        steps=(step,),
        active="do",
        action="kubernetes.scale",
        asked_as=asked_as,
    )

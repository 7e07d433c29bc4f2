"""What a face asks the engine to do."""

import msgspec


class Refresh(msgspec.Struct, frozen=True, tag=True):
    """Read every source now."""


class SetPaused(msgspec.Struct, frozen=True, tag=True):
    """Stop or resume the refreshes."""

    paused: bool


class WatchModel(msgspec.Struct, frozen=True, tag=True):
    """Keep the detail of one model fresh over a range: `span` seconds that end `shift` seconds before now."""

    model_id: str
    span: float
    shift: float = 0.0


class StopWatching(msgspec.Struct, frozen=True, tag=True):
    """No model screen is open any more."""


class WatchPredictions(msgspec.Struct, frozen=True, tag=True):
    """Keep the drift and the quality of one model fresh, beside whatever else is watched."""

    model_id: str


class StopWatchingPredictions(msgspec.Struct, frozen=True, tag=True):
    """Neither drift nor quality is looked at any more; a query that runs for them is of no use."""


class WatchCluster(msgspec.Struct, frozen=True, tag=True):
    """Keep fresh what the cluster says of one model: its pods, events, and what stands around its workload."""

    model_id: str


class StopWatchingCluster(msgspec.Struct, frozen=True, tag=True):
    """What the cluster says is not looked at any more."""


class WatchPodLog(msgspec.Struct, frozen=True, tag=True):
    """Keep the last lines of a container's log fresh; with `previous` those from before its last restart."""

    model_id: str
    pod_uid: str
    container: str
    previous: bool = False


class StopWatchingPodLog(msgspec.Struct, frozen=True, tag=True):
    """No log is looked at any more."""


class StartRun(msgspec.Struct, frozen=True, tag=True):
    """Follow a playbook for a model; a rehearsal does everything but commit."""

    model_id: str
    playbook_id: str
    rehearse: bool = False


class StartAction(msgspec.Struct, frozen=True, tag=True):
    """Do one action on a model without a playbook: it is planned, and followed as a run of one step.

    `arguments` are as a person typed them, by name; `asked_as` is a word by which whoever asks knows the run again.
    """

    model_id: str
    action: str
    arguments: dict[str, str] = {}
    rehearse: bool = False
    asked_as: str | None = None


class ListActions(msgspec.Struct, frozen=True, tag=True):
    """Keep the list of actions fresh that a model can have."""

    model_id: str


class StopListingActions(msgspec.Struct, frozen=True, tag=True):
    """The list of actions is not looked at any more."""


class ReadAhead(msgspec.Struct, frozen=True, tag=True):
    """Read what the plan of an action will need, now and after each refresh, while a person is asked for its arguments.

    `present` are the values of now that its arguments will replace, by name. It ends when the list of actions is not
    looked at any more, or an action is begun.
    """

    model_id: str
    action: str
    present: dict[str, str] = {}


class TakeUpRun(msgspec.Struct, frozen=True, tag=True):
    """Go on with a run where it stands, which nobody follows any more."""

    run_id: str


class Answer(msgspec.Struct, frozen=True, tag=True):
    """Give the active step of a run one of its choices; `reason` says why, where the person wants to.

    A choice that sends a message sends that of `notice_hash` and no other.
    """

    run_id: str
    step_id: str
    key: str
    reason: str = ""
    notice_hash: str = ""


class CommitPlan(msgspec.Struct, frozen=True, tag=True):
    """Send the plan that was shown; another plan than that of `plan_hash` is refused."""

    run_id: str
    plan_hash: str


class PlanUndo(msgspec.Struct, frozen=True, tag=True):
    """Prepare the undo of the run's last action, to be shown and confirmed like any plan."""

    run_id: str


class CancelPlan(msgspec.Struct, frozen=True, tag=True):
    """Drop the plan that waits for its key or is being made; with `plan_hash` no other plan than that one."""

    run_id: str
    plan_hash: str | None = None


class EndRun(msgspec.Struct, frozen=True, tag=True):
    """Leave a run; what was done stays done and journalled."""

    run_id: str


class ApprovePlan(msgspec.Struct, frozen=True, tag=True):
    """Agree, as a second person, that a run of somebody else sends the plan that was shown."""

    run_id: str
    plan_hash: str


class Acknowledge(msgspec.Struct, frozen=True, tag=True):
    """Take care of an incident."""

    incident_id: str


class GiveParameter(msgspec.Struct, frozen=True, tag=True):
    """Give a parameter that a run asks for the value that a person typed."""

    run_id: str
    name: str
    text: str


class AddNote(msgspec.Struct, frozen=True, tag=True):
    """Write something down about an incident, a run or both; `follow_up` is work that is left for later."""

    text: str
    incident_id: str | None = None
    run_id: str | None = None
    follow_up: bool = False


Command = (
    Refresh
    | SetPaused
    | WatchModel
    | StopWatching
    | WatchPredictions
    | StopWatchingPredictions
    | WatchCluster
    | StopWatchingCluster
    | WatchPodLog
    | StopWatchingPodLog
    | StartRun
    | StartAction
    | ListActions
    | StopListingActions
    | ReadAhead
    | TakeUpRun
    | ApprovePlan
    | Answer
    | GiveParameter
    | CommitPlan
    | PlanUndo
    | CancelPlan
    | EndRun
    | Acknowledge
    | AddNote
)

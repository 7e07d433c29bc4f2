"""`seldon.set_weight`: how an Experiment splits or copies the traffic of a Model."""

from collections.abc import Mapping

from console.actions.argument_values import text_or_none, whole_number
from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import Guard, GuardedPatch, edit
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.situation import tool_notes
from console.actions.provider import ActionRefused, RolloutProgress
from console.actions.seldon.objects import GROUP_VERSION, PLURALS, Experiment, Scaled, seldon_address, shown_condition
from console.actions.seldon.seldon_action import SeldonAction
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import RiskTier
from console.domain.label import harmless
from console.domain.model import Target
from console.sources.cluster.fields import pointer_of, segments_of
from console.sources.cluster.objects import decode_list
from console.sources.cluster.resolve import is_name
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import NotFound, object_path

_KIND = "Experiment"
_MIRROR = "/spec/mirror/percent"
_ALL = 100
SET_WEIGHT = ActionSpecification(
    name="seldon.set_weight",
    title="Set the weight of a candidate of an Experiment",
    arguments=(
        Argument(
            name="weight",
            meaning="the weight of the candidate, beside those of the others; of a mirror its percentage",
            kind="integer",
            least=0,
        ),
        Argument(name="candidate", meaning="which candidate or mirror; left out, the model itself", required=False),
        Argument(
            name="experiment", meaning="which Experiment; left out, the only one that the model is in", required=False
        ),
    ),
    undo="the weight of before is set again",
    tier=RiskTier.WIDE,
)


class SetWeight(SeldonAction):
    """Sets the weight of one candidate, or the percentage of a mirror, where it still has the weight that was seen."""

    specification = SET_WEIGHT

    async def _prospect(self, model: Scaled) -> tuple[Address, Mapping[str, str], Mapping[str, tuple[str, ...]]]:
        name = model.live.metadata.name
        experiments = await self._experiments(model)
        if not experiments:
            raise ActionRefused(f"no Experiment splits the traffic of Model {name}")
        first = experiments[0]
        names = tuple(sorted(harmless(each.live.metadata.name) for each in experiments))
        candidates = {share.name: None for each in experiments for share in each.spec.candidates}
        candidates |= {each.spec.mirror.name: None for each in experiments if each.spec.mirror is not None}
        present = {"weight": _told(first, name)} if len(experiments) == 1 else {}
        return self._place(first), present, {"experiment": names, "candidate": tuple(candidates)}

    async def _patch(self, model: Scaled, arguments: Mapping[str, object]) -> tuple[Target, GuardedPatch, LiveObject]:
        weight, name = whole_number(SET_WEIGHT, arguments, "weight"), model.live.metadata.name
        candidate = text_or_none(SET_WEIGHT, arguments, "candidate") or name
        experiment = self._meant(
            await self._experiments(model), text_or_none(SET_WEIGHT, arguments, "experiment"), name
        )
        live = experiment.live
        pointer, guards = _place_of(experiment, candidate)
        if weight == 0 and pointer != _MIRROR:
            guards += _another_answers(experiment, candidate)
        patch = GuardedPatch(self._place(experiment), live.metadata.uid, (edit(live, pointer, weight),), guards)
        return self._target(model.live), patch, live

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        experiment = Experiment.of(live)
        (change,), name = patch.edits, experiment.live.metadata.name
        weight = int(change.after)
        who = _candidate_at(live, change.pointer)
        refusals, notes = [], []
        if change.pointer == _MIRROR:
            notes.append(f"{who} gets copies of {weight} % of the requests; its answers go to nobody")
            if weight > _ALL:
                refusals.append(f"a mirror gets at most {_ALL} % of the requests, not {weight}")
        else:
            others = experiment.total - _present(live, change.pointer)
            total = others + weight
            if total == 0:
                refusals.append(f"every candidate of Experiment {name} would have weight 0: nobody would answer")
            else:
                notes.append(
                    f"{who} gets {_share(_present(live, change.pointer), experiment.total)} → {_share(weight, total)}"
                )
        notes.append(
            f"the Experiment concerns {', '.join(harmless(share.name) for share in experiment.spec.candidates)}"
        )
        return Description(
            title=f"Set the weight of {who} in Experiment {name} to {weight}",
            confirm=f"set {who} to {weight}",
            tier=RiskTier.WIDE,
            undo=f"Set the weight of {who} in Experiment {name} back to {_present(live, change.pointer)}",
            watch=("ExperimentReady is True", f"the traffic of {who}"),
            notes=(*notes, *tool_notes(live.metadata)),
            refusals=tuple(refusals),
        )

    async def _experiments(self, model: Scaled) -> tuple[Experiment, ...]:
        """Return the Experiments that split or copy the traffic of a Model."""
        metadata = model.live.metadata
        try:
            answer = await self._transport.get(object_path(GROUP_VERSION, PLURALS[_KIND], namespace=metadata.namespace))
        except NotFound:
            return ()
        found = [Experiment.of(LiveObject.of(item)) for item in decode_list(answer, dict)]
        named = (experiment for experiment in found if is_name(experiment.live.metadata.name))
        return tuple(experiment for experiment in named if experiment.concerns(metadata.name))

    def _meant(self, found: tuple[Experiment, ...], asked: str | None, name: str) -> Experiment:
        named = [each for each in found if asked in (None, each.live.metadata.name)]
        told = ", ".join(sorted(harmless(each.live.metadata.name) for each in found)) or "none"
        if len(named) == 1:
            return named[0]
        if named:
            raise ActionRefused(f"ambiguous: Model {name} is in Experiments {told}; name one (experiment)")
        if asked is None:
            raise ActionRefused(f"no Experiment splits the traffic of Model {name}")
        raise ActionRefused(f"Model {name} is in no Experiment {harmless(repr(asked))}; it is in {told}")

    def _progress(self, patch: GuardedPatch, live: LiveObject) -> RolloutProgress:
        experiment = Experiment.of(live)
        status = experiment.status
        if 0 < status.observed_generation < live.metadata.generation:
            return RolloutProgress(False, None, "Seldon has not looked at the change yet")
        for kind in ("CandidatesReady", "MirrorReady", "ExperimentReady"):
            condition = status.condition(kind)
            if condition is not None and condition.status != "True":
                return RolloutProgress(False, None, shown_condition(condition))
        if status.condition("ExperimentReady") is None:
            return RolloutProgress(False, None, "Seldon tells nothing of the Experiment yet")
        return RolloutProgress(True, None, "the Experiment is ready")

    def _place(self, experiment: Experiment) -> Address:
        return seldon_address(_KIND, experiment.live.metadata.namespace, experiment.live.metadata.name)


def _place_of(experiment: Experiment, candidate: str) -> tuple[str, tuple[Guard, ...]]:
    """Return the field that holds the weight of a candidate (JSON pointer), and what makes it that one."""
    for index, share in enumerate(experiment.spec.candidates):
        if share.name == candidate:
            return pointer_of("spec", "candidates", index, "weight"), (
                Guard(pointer_of("spec", "candidates", index, "name"), candidate),
            )
    mirror = experiment.spec.mirror
    if mirror is not None and mirror.name == candidate:
        return _MIRROR, (Guard("/spec/mirror/name", candidate),)
    known = [share.name for share in experiment.spec.candidates] + ([mirror.name] if mirror is not None else [])
    name = experiment.live.metadata.name
    raise ActionRefused(
        f"Experiment {name} has no candidate {harmless(repr(candidate))}; it has {harmless(', '.join(known))}"
    )


def _another_answers(experiment: Experiment, candidate: str) -> tuple[Guard, ...]:
    """Return that the heaviest of the other candidates keeps its weight: two who take one each would leave none."""
    others = [
        (share.weight, -place) for place, share in enumerate(experiment.spec.candidates) if share.name != candidate
    ]
    if not others:
        return ()
    weight, place = max(others)
    return (Guard(pointer_of("spec", "candidates", -place, "weight"), weight),)


def _candidate_at(live: LiveObject, pointer: str) -> str:
    *parents, _ = segments_of(pointer)
    return harmless(str(live.at(pointer_of(*parents, "name"))))


def _present(live: LiveObject, pointer: str) -> int:
    return int(live.at(pointer) or 0)


def _told(experiment: Experiment, name: str) -> str:
    pointer, _ = _place_of(experiment, name)
    return str(_present(experiment.live, pointer))


def _share(weight: int, total: int) -> str:
    return f"{weight / total:.0%}" if total else "nothing"

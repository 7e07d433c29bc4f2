"""`seldon.scale` and `seldon.scale_server`: how many replicas a Model has, and the Server on which it runs."""

from collections.abc import Mapping

from console.actions.argument_values import whole_number
from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import GuardedPatch, edit
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.quota import quota_notes
from console.actions.kubernetes.replica_count import count_description, over_the_limit, scale_tier
from console.actions.kubernetes.situation import autoscaler_refusal, read_autoscaler, tool_notes
from console.actions.provider import ActionRefused, RolloutProgress
from console.actions.seldon.objects import (
    GROUP,
    MODEL,
    REPLICAS,
    SERVER,
    Scaled,
    changed_since,
    has_given_up,
    seldon_address,
    shown_condition,
)
from console.actions.seldon.seldon_action import SeldonAction
from console.actions.specification import ActionSpecification, Argument, StandsFor
from console.domain.action import RiskTier
from console.domain.label import harmless
from console.domain.model import Target
from console.domain.quantity import how_many
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import Forbidden, NotFound, object_path

_COUNT = Argument(name="replicas", meaning="how many replicas to run", kind="integer", least=1)
SCALE = ActionSpecification(
    name="seldon.scale",
    title="Set the number of replicas of the Model",
    arguments=(_COUNT,),
    undo="the number of before is set again",
    tier=RiskTier.BOUNDED,
    stands_for=StandsFor("kubernetes.scale", GROUP, SERVER),
)
SCALE_SERVER = ActionSpecification(
    name="seldon.scale_server",
    title="Set the number of replicas of the Server on which the Model runs",
    arguments=(_COUNT,),
    undo="the number of before is set again",
    tier=RiskTier.WIDE,
)


class Scale(SeldonAction):
    """Sets the replicas of a Model within its own bounds."""

    specification = SCALE
    _kind = MODEL

    async def _prospect(self, model: Scaled) -> tuple[Address, Mapping[str, str], Mapping[str, tuple[str, ...]]]:
        scaled = await self._scaled(model)
        return self._place(scaled), {"replicas": str(scaled.spec.wanted)}, {}

    async def _patch(self, model: Scaled, arguments: Mapping[str, object]) -> tuple[Target, GuardedPatch, LiveObject]:
        wanted = self._wanted(arguments)
        scaled = await self._scaled(model)
        target = self._target(scaled.live, self._kind)
        return (
            target,
            GuardedPatch(self._place(scaled), target.uid, (edit(scaled.live, REPLICAS, wanted),)),
            scaled.live,
        )

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        scaled = Scaled.of(live)
        (change,) = patch.edits
        seen, wanted = scaled.spec.wanted, 1 if change.after is None else int(change.after)
        told, scaler = f"{self._kind} {target.name}", self._target(live, self._kind)
        autoscaler, unknown = await read_autoscaler(self._transport, scaler, GROUP)
        undone = (autoscaler_refusal(autoscaler, scaler, wanted),) if autoscaler is not None else ()
        return count_description(
            told,
            seen,
            wanted,
            tier=self._tier(seen, wanted),
            notes=(
                *await self._notes(target, scaled, wanted),
                *([unknown] if unknown is not None else []),
                *tool_notes(live.metadata),
            ),
            refusals=(*self._out_of_bounds(told, scaled, wanted), *undone),
        )

    async def _scaled(self, model: Scaled) -> Scaled:
        """Return what is scaled: the Model itself."""
        return model

    def _place(self, scaled: Scaled) -> Address:
        """Return where the count is set: `/scale`, which an object that names no count does not have."""
        metadata = scaled.live.metadata
        subresource = "scale" if scaled.spec.replicas is not None else ""
        return seldon_address(self._kind, metadata.namespace, metadata.name, subresource)

    def _tier(self, seen: int, wanted: int) -> RiskTier:
        return scale_tier(seen, wanted)

    async def _notes(self, target: Target, scaled: Scaled, wanted: int) -> tuple[str, ...]:
        notes = []
        if scaled.spec.min_replicas is not None or scaled.spec.max_replicas is not None:
            notes.append(
                "it has bounds of its own: where Seldon's autoscaling is on, it may set another number in them"
            )
        server = scaled.server
        if server is None:
            return (*notes, "it is on no Server yet")
        try:
            path = seldon_address(SERVER, target.namespace, server).path
            room = Scaled.of(LiveObject.of(await self._transport.get(path))).spec.wanted
        except NotFound:
            return (*notes, f"there is no Server {harmless(server)}: it cannot be loaded")
        if room < wanted:
            notes.append(
                f"Server {harmless(server)} has {how_many(room, 'replica')}: more of the Model find no room "
                "until seldon.scale_server, or Seldon's autoscaling, adds some"
            )
        return tuple(notes)

    def _out_of_bounds(self, told: str, scaled: Scaled, wanted: int) -> tuple[str, ...]:
        spec = scaled.spec
        found: list[str] = []
        if spec.min_replicas is not None and wanted < spec.min_replicas:
            found.append(f"{told} has minReplicas {spec.min_replicas}: Seldon takes no fewer")
        if spec.max_replicas and wanted > spec.max_replicas:
            found.append(f"{told} has maxReplicas {spec.max_replicas}: Seldon takes no more")
        return tuple(found)

    def _forbidden(self, arguments: Mapping[str, object]) -> tuple[str, ...]:
        return over_the_limit(self._wanted(arguments), self._settings.max_replicas)

    def _wanted(self, arguments: Mapping[str, object]) -> int:
        return whole_number(self.specification, arguments, "replicas")

    def _progress(self, patch: GuardedPatch, live: LiveObject) -> RolloutProgress:
        scaled = Scaled.of(live)
        wanted, available = scaled.spec.wanted, scaled.status.available_replicas
        ready = scaled.status.condition("ModelReady")
        if ready is None:
            return RolloutProgress(False, None, "Seldon tells nothing of the Model yet")
        is_new = changed_since(live, scaled.status, ready, REPLICAS)
        if has_given_up(ready) and is_new:
            reason = f"Seldon gave up: {shown_condition(ready)}"
            return RolloutProgress(False, reason, reason)
        if wanted > 0 and scaled.status.replicas == 0:  # versions of Seldon that tell no counts
            return RolloutProgress(ready.status == "True" and is_new, None, shown_condition(ready))
        done = ready.status == "True" and scaled.status.replicas == wanted and available >= wanted
        return RolloutProgress(done, None, f"{available} of {wanted} available")


class ScaleServer(Scale):
    """Sets the replicas of the Server on which a Model runs: room for all the Models on it, or none."""

    specification = SCALE_SERVER
    _kind = SERVER

    async def _scaled(self, model: Scaled) -> Scaled:
        """Return the Server of a Model."""
        name, metadata = model.server, model.live.metadata
        if name is None:
            raise ActionRefused(f"no Server of Model {metadata.name} is told (spec.server, status.selector)")
        try:
            path = seldon_address(SERVER, metadata.namespace, name).path
            return Scaled.of(LiveObject.of(await self._transport.get(path)))
        except NotFound as missing:
            raise ActionRefused(f"there is no Server {harmless(name)} in namespace {metadata.namespace}") from missing

    def _tier(self, seen: int, wanted: int) -> RiskTier:
        return max(RiskTier.WIDE, scale_tier(seen, wanted))

    async def _notes(self, target: Target, scaled: Scaled, wanted: int) -> tuple[str, ...]:
        status = scaled.live.at("/status/loadedModels")
        loaded = (
            how_many(status, "loaded model replica") if isinstance(status, int) else "all models that it has loaded"
        )
        notes = [f"the Server is shared: it concerns {loaded}"]
        if wanted < scaled.spec.wanted:
            notes.append("models that need more replicas than are left cannot be scheduled any more")
        return (*await self._told_of_quotas(scaled, wanted - scaled.spec.wanted), *notes)

    async def _told_of_quotas(self, server: Scaled, more: int) -> tuple[str, ...]:
        """Return which quotas have no room for more pods of a Server, as its StatefulSet makes them."""
        if more <= 0:
            return ()
        metadata = server.live.metadata
        path = object_path("apps/v1", "statefulsets", namespace=metadata.namespace, name=metadata.name)
        try:
            live = LiveObject.of(await self._transport.get(path))
        except (NotFound, Forbidden):
            return ()  # made otherwise by this version of Seldon, or not to be seen: nothing is known of its pods
        return await quota_notes(self._transport, self._target(live, SERVER), live, more)

    def _progress(self, patch: GuardedPatch, live: LiveObject) -> RolloutProgress:
        scaled = Scaled.of(live)
        ready = scaled.status.condition("StatefulSetReady") or scaled.status.condition("Ready")
        wanted, running = scaled.spec.wanted, scaled.status.replicas
        if ready is None:
            return RolloutProgress(False, None, "Seldon tells nothing of the Server yet")
        is_counted = wanted == 0 or running > 0  # older versions of Seldon tell no count
        if running != wanted if is_counted else not changed_since(live, scaled.status, ready, REPLICAS):
            return RolloutProgress(False, None, f"Seldon has not taken it up yet, {running} of {wanted} run")
        return RolloutProgress(ready.status == "True", None, shown_condition(ready))

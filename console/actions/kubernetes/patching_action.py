"""What all actions have in common that change one Kubernetes object by one guarded patch.

An action of this kind makes a `GuardedPatch` in `plan`, says in `_describe` what such a patch means (for doing it and
for taking it back alike), and tells in `observe` how far the system is; everything else is here.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

import msgspec

from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import GuardedPatch
from console.actions.kubernetes.kubectl import patch_command
from console.actions.kubernetes.sending import SETTLE_SECONDS, Sending
from console.actions.provider import ActionRefused, Occasion, Prospect, RolloutProgress
from console.actions.specification import ActionSpecification
from console.domain.action import Commitment, Plan, RiskTier, Undo
from console.domain.label import harmless
from console.domain.model import Target, Workload
from console.settings.settings import KubernetesSettings
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import KubernetesTransport

ONLY_READS = "not asked: the console only reads"
REFUSED_ALREADY = "not asked: it is refused already"


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What an action says of a patch before the server is asked.

    `undo` is the title of its inverse, None where it is not to be taken back; `command` does the same in a shell, None
    where `kubectl patch` does. The other fields are those of `Plan`.
    """

    title: str
    confirm: str
    tier: RiskTier
    undo: str | None
    watch: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    command: str | None = None


class PatchingAction(ABC):
    """An action whose plan is one guarded patch.

    Args:
        transport: the cluster of the settings' context.
        settings: limits and marks of that cluster.
        clock: returns the time (UTC seconds).
        settle_seconds: how long to wait before reading what became of a request without an answer.
    """

    specification: ActionSpecification

    def __init__(
        self,
        transport: KubernetesTransport,
        settings: KubernetesSettings,
        clock: Callable[[], float],
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        self._transport = transport
        self._settings = settings
        self._clock = clock
        self._sending = Sending(transport, clock, settle_seconds)

    @property
    def context(self) -> str:
        """Return the context in which it acts."""
        return self._settings.context

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return whether this user may do it at all, and what its arguments would replace.

        Raises:
            ActionRefused: it cannot be done to this kind of workload, it is in another cluster, or the cluster cannot
                be asked.
        """
        self._refuse_elsewhere(occasion.workload.target)
        try:
            why_not = await self._sending.why_not_permitted(self._address(occasion.workload))
        except UNREADABLE as error:
            raise ActionRefused(f"whether you may do it cannot be asked: {in_short(error)}") from error
        return Prospect(why_not, self._present(occasion.workload))

    @abstractmethod
    def _address(self, workload: Workload) -> Address:
        """Return what is patched, the workload or an object that owns it, as far as that is known before it is read.

        Raises:
            ActionRefused: it cannot be done to this kind of workload.
        """

    def _present(self, workload: Workload) -> Mapping[str, str]:
        """Return the values of now that the arguments would replace, by the names of the arguments."""
        return {}

    @abstractmethod
    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return what would be done; see `Action.plan`."""

    @abstractmethod
    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        """Return what a patch of an object, or its inverse, means for a target.

        Raises:
            Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
        """

    @abstractmethod
    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell how far the system is with a committed plan; see `Action.observe`."""

    async def plan_undo(self, plan: Plan, *, may_dry_run: bool) -> Plan:
        """Return the recorded inverse as a plan; refused when the fields are not as the plan made them.

        Raises:
            ActionRefused: the plan has no inverse, or the cluster cannot be read.
        """
        if plan.undo is None:
            raise ActionRefused(f"{plan.title} cannot be undone")
        self._refuse_elsewhere(plan.target)
        patch, made_at = GuardedPatch.of(plan.undo.request), self._clock()
        try:
            live = await self._sending.read(patch)
            description = await self._describe(plan.target, patch, live)
            over = None if patch.is_another(live) or patch.is_made(live) else patch.moved(live) or patch.others(live)
        except UNREADABLE as error:
            raise self._unreadable(plan.target, error) from error
        if over is not None:
            told = f"{over}: nothing is undone over somebody else's change"
            description = msgspec.structs.replace(description, refusals=(told, *description.refusals))
        undo = await self._finish(
            plan.model_id, plan.target, patch, live, description, made_at=made_at, may_dry_run=may_dry_run
        )
        return msgspec.structs.replace(undo, undoes=plan.hash)

    async def commit(self, plan: Plan) -> Commitment:
        """Send the request exactly once and tell what came of it."""
        patch = GuardedPatch.of(plan.request)
        return await self._sending.commit(patch, self._done(plan, patch))

    async def settle(self, plan: Plan, sent_at: float) -> Commitment:
        """Tell from the object as it is now whether the request of a plan was applied; sends nothing."""
        return await self._sending.settle(GuardedPatch.of(plan.request), sent_at)

    def _done(self, plan: Plan, patch: GuardedPatch) -> str:
        """Return what to say once the cluster took the patch of a plan."""
        return f"the cluster took it: {plan.title}"

    async def _finish(
        self,
        model_id: str,
        target: Target,
        patch: GuardedPatch,
        live: LiveObject,
        description: Description,
        *,
        made_at: float,
        may_dry_run: bool,
    ) -> Plan:
        """Return the plan of a patch; the server is asked for its dry run where that is allowed and worth asking.

        Args:
            model_id: the model for which it is planned.
            target: its workload.
            patch: what would be sent.
            live: the object of the patch as it was read.
            description: what the action says of it.
            made_at: when the object was read (UTC seconds).
            may_dry_run: whether the server may be asked.

        Raises:
            ActionRefused: the cluster cannot be read.
        """
        forbidden = [*await self._refusals(target, patch, live, may_dry_run), *description.refusals]
        made, said = patch, ONLY_READS
        if may_dry_run and not forbidden:
            tried = await self._sending.dry_run(patch)
            made, said, forbidden = tried.patch, tried.said, [tried.refusal] if tried.refusal is not None else []
        elif may_dry_run:
            said = REFUSED_ALREADY
        inverse = made.inverse
        return Plan(
            action=self.specification.name,
            title=description.title,
            confirm=description.confirm,
            model_id=model_id,
            target=target,
            request=patch.request,
            changes=made.changes,
            tier=RiskTier.HARD_TO_UNDO if self._settings.critical else description.tier,
            made_at=made_at,
            dry_run=said,
            undo=Undo(description.undo, inverse.changes, inverse.request) if description.undo is not None else None,
            watch=description.watch,
            notes=description.notes,
            refusals=tuple(forbidden),
            command=description.command or patch_command(target, self._settings.kubeconfig, patch),
        )

    async def _refusals(
        self, target: Target, patch: GuardedPatch, live: LiveObject, may_dry_run: bool
    ) -> tuple[str, ...]:
        """Return the reasons for which no patch of this kind could be sent, the weightiest first."""
        try:
            not_permitted = await self._sending.why_not_permitted(patch.address, was_asked=may_dry_run)
            already = patch.as_made(live) if patch.is_made(live) else None
        except UNREADABLE as error:
            raise self._unreadable(target, error) from error
        kind = harmless(str(live.document.get("kind", "")))
        anew = f"{kind} {patch.address.name} was deleted and made anew since it was found: refresh first".strip()
        found = (anew if patch.is_another(live) else None, not_permitted, already)
        return tuple(reason for reason in found if reason is not None)

    def _refuse_elsewhere(self, target: Target) -> None:
        """Refuse an object of another cluster before anything is asked: one of the same name here would answer."""
        if target.context != self.context:
            raise ActionRefused(f"it is for context {harmless(target.context)}, which is not the configured one")

    def _unreadable(self, target: Target, error: Exception) -> ActionRefused:
        return ActionRefused(f"{target.kind} {target.namespace}/{target.name} cannot be read: {in_short(error)}")

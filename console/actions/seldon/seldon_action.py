"""What all actions on Models of Seldon Core 2 have in common: which Model is meant, and how arguments are checked."""

from abc import abstractmethod
from collections.abc import Mapping

import msgspec

from console.actions.argument_values import refuse_unknown
from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import GuardedPatch
from console.actions.kubernetes.patching_action import PatchingAction
from console.actions.provider import ActionRefused, Occasion, Prospect, RolloutProgress
from console.actions.seldon.finding import find_model
from console.actions.seldon.objects import MODEL, Scaled, seldon_address
from console.domain.action import Plan
from console.domain.model import Target
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.writers import LiveObject


class SeldonAction(PatchingAction):
    """An action whose plan is one guarded patch of a Model, or of an object beside it.

    The target is the Model itself, so that all actions of this kind on one model exclude each other; its pods are those
    of a Server, which it shares.
    """

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return whether this user may do it at all, and what its arguments would replace.

        Raises:
            ActionRefused: it cannot be done for this model, or the cluster cannot be asked.
        """
        try:
            model = await find_model(self._transport, self._settings, occasion.view)
            address, present, choices = await self._prospect(model)
            return Prospect(await self._sending.why_not_permitted(address), present, choices)
        except UNREADABLE as error:
            raise ActionRefused(f"whether you may do it cannot be asked: {in_short(error)}") from error

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return what would be done.

        Raises:
            ActionRefused: no plan can be made at all.
        """
        refuse_unknown(self.specification, arguments)
        made_at = self._clock()
        try:
            model = await find_model(self._transport, self._settings, occasion.view)
            target, patch, live = await self._patch(model, arguments)
            described = await self._describe(target, patch, live)
            told = await self._told(occasion, patch, arguments)
        except UNREADABLE as error:
            raise ActionRefused(f"Seldon's objects cannot be read: {in_short(error)}") from error
        forbidden = (*self._forbidden(arguments), *described.refusals)
        description = msgspec.structs.replace(described, refusals=forbidden, notes=(*told, *described.notes))
        return await self._finish(
            occasion.model_id, target, patch, live, description, made_at=made_at, may_dry_run=may_dry_run
        )

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell how far Seldon is; an object that is another by now, or that somebody changed since, is unknown."""
        patch = GuardedPatch.of(plan.request)
        try:
            live = await self._sending.read(patch)
            if patch.is_another(live):
                return RolloutProgress(None, None, f"{patch.address.name} was deleted and made anew")
            moved = patch.moved_since(live)
            return RolloutProgress(None, None, moved) if moved is not None else self._progress(patch, live)
        except UNREADABLE as error:
            return RolloutProgress(None, None, f"Seldon's objects cannot be read: {in_short(error)}")

    @abstractmethod
    async def _prospect(self, model: Scaled) -> tuple[Address, Mapping[str, str], Mapping[str, tuple[str, ...]]]:
        """Return what is patched, the values of now by argument, and what each argument takes.

        Raises:
            ActionRefused: it cannot be done for this model.
            Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
        """

    @abstractmethod
    async def _patch(self, model: Scaled, arguments: Mapping[str, object]) -> tuple[Target, GuardedPatch, LiveObject]:
        """Return what is changed, what would be sent, and the object to which it is sent as it is now.

        Raises:
            ActionRefused: there is nothing that could be sent.
            Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
        """

    async def _told(self, occasion: Occasion, patch: GuardedPatch, asked: Mapping[str, object]) -> tuple[str, ...]:
        """Return what is known beside the objects and must be known before the key; a way back needs none of it.

        Raises:
            ActionRefused: what is known forbids what was not asked for by name.
        """
        return ()

    def _forbidden(self, arguments: Mapping[str, object]) -> tuple[str, ...]:
        """Return why the settings forbid what is asked; a way back is not asked."""
        return ()

    @abstractmethod
    def _progress(self, patch: GuardedPatch, live: LiveObject) -> RolloutProgress:
        """Return how far Seldon is with an object that is as it was committed."""

    def _target(self, live: LiveObject, kind: str = MODEL) -> Target:
        metadata = live.metadata
        return Target(self.context, metadata.namespace, kind, metadata.name, metadata.uid)

    def _address(self, target: Target) -> Address:
        return seldon_address(target.kind, target.namespace, target.name)

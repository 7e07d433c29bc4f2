"""What the actions on an InferenceService have in common: where it is, what it is, what stands around it."""

from abc import abstractmethod

from console.actions.kserve.inference_service import GROUP, KIND, PLURAL, InferenceService, Mode, deployment_mode
from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import GuardedPatch
from console.actions.kubernetes.patching_action import PatchingAction
from console.actions.kubernetes.workload_reading import PLURALS, read_workload
from console.actions.provider import ActionRefused, Occasion, Prospect, ServedOtherwise
from console.domain.label import harmless
from console.domain.model import Owner, Target, Workload
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.writers import LiveObject


class ServiceAction(PatchingAction):
    """An action whose plan is one guarded patch of the InferenceService that owns a model's workload."""

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return whether this user may patch the InferenceService of a model, and what it says beforehand.

        Raises:
            ActionRefused: there is none, it is in another cluster, or it cannot be read.
        """
        prospect = await super().prospect(occasion)
        workload = occasion.workload
        try:
            service = await self._read(workload)
        except UNREADABLE as error:
            raise self._unreadable(workload.target, error) from error
        return await self._foreseen(workload, service, prospect)

    @abstractmethod
    async def _foreseen(self, workload: Workload, service: InferenceService, prospect: Prospect) -> Prospect:
        """Return a prospect with what an InferenceService says before anything is planned.

        Raises:
            ActionRefused: it runs in a mode that cannot be known.
        """

    def _address(self, workload: Workload) -> Address:
        """Return where the InferenceService above a workload is.

        Raises:
            ActionRefused: there is none.
        """
        owner = self._owner(workload)
        return Address(owner.api_version, PLURAL, workload.namespace, owner.name)

    def _owner(self, workload: Workload) -> Owner:
        """Return the InferenceService above a workload.

        Raises:
            ServedOtherwise: there is none.
        """
        owner = workload.owner
        if owner is None or (owner.api_version.partition("/")[0], owner.kind) != (GROUP, KIND):
            of = f"{harmless(owner.kind)} {harmless(owner.name)}" if owner is not None else "nothing"
            raise ServedOtherwise(f"KServe does not serve {harmless(workload.name)}: {of} owns it")
        return owner

    async def _read(self, workload: Workload) -> InferenceService:
        """Return the InferenceService above a workload as it is now.

        Raises:
            ActionRefused: there is none.
            Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
        """
        return InferenceService.of(LiveObject.of(await self._transport.get(self._address(workload).path)))

    async def _mode(self, target: Target, service: InferenceService) -> Mode:
        """Return the mode in which an InferenceService runs.

        Raises:
            ActionRefused: it runs in another one, or in one that cannot be known.
        """
        if service.told_mode or target.kind not in PLURALS:
            return deployment_mode(service, None)
        try:
            child = (await read_workload(self._transport, target)).metadata.controller
        except UNREADABLE as error:
            raise ActionRefused(f"{service.shown} does not say in which mode it runs: {in_short(error)}") from error
        return deployment_mode(service, child)

    def _moved_on(self, patch: GuardedPatch, live: LiveObject) -> str | None:
        """Return why what was committed is not there to be seen any more, None where it is."""
        if patch.is_another(live):
            return f"{harmless(patch.address.name)} was deleted and made anew"
        return patch.moved_since(live)

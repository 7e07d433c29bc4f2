"""How a run begins: of a playbook of the library, or of the one that is made for a single action."""

from collections.abc import Callable

from console.actions.arguments import arguments_given
from console.actions.provider import ActionRefused
from console.domain.command import StartAction, StartRun
from console.domain.label import harmless
from console.domain.run import Run
from console.domain.snapshot import ModelView
from console.engine.acting import Acting
from console.engine.kept_run import KeptRun
from console.engine.run_present import Present
from console.engine.run_view import run_not_begun
from console.playbooks.condition import DURATIONS
from console.playbooks.document import Playbook
from console.playbooks.events import Started
from console.playbooks.kubectl import served_by
from console.playbooks.library import Playbooks
from console.playbooks.machine import begin
from console.playbooks.single_action import single_action
from console.playbooks.state import NotNow
from console.playbooks.steps import ActionStep
from console.settings.settings import JudgementSettings


class RunStarting:
    """Begins runs on what is known now; `new_id` returns an id that no other run has, `by` is who asks."""

    def __init__(
        self,
        library: Playbooks,
        executor: Acting,
        present: Present,
        judgement: JudgementSettings,
        new_id: Callable[[], str],
        by: str,
    ) -> None:
        self._library = library
        self._executor = executor
        self._present = present
        self._judgement = judgement
        self._new_id = new_id
        self._by = by

    def begin(self, command: StartRun | StartAction) -> KeptRun:
        """Return the run that a command begins.

        Raises:
            NotNow: it cannot begin; the message says why.
        """
        if isinstance(command, StartAction):
            playbook = self._made_for(command)
            action = playbook.steps[0].action if isinstance(playbook.steps[0], ActionStep) else None
            kept = self._begin(playbook, command, action)
            kept.asked_as = command.asked_as
            return kept
        found = self._library.find(command.playbook_id)
        if found is None:
            raise NotNow(harmless(f"there is no playbook {command.playbook_id}"))
        return self._begin(found, command)

    def _begin(self, playbook: Playbook, command: StartRun | StartAction, action: str | None = None) -> KeptRun:
        view = self._view_of(command)
        started = Started(
            at=self._present.now(),
            run_id=self._new_id(),
            playbook_id=playbook.id,
            playbook_version=playbook.metadata.version,
            model_id=command.model_id,
            model_name=view.model.name.raw,
            by=self._by,
            incident_id=view.incident.id if view.incident is not None else None,
            rehearsal=command.rehearse,
            durations={name: getattr(self._judgement, name) for name in DURATIONS},
            served_by=served_by(view),
            action=action,
        )
        return KeptRun(playbook, begin(playbook, started))

    def not_begun(self, command: StartRun | StartAction, message: str) -> Run:
        """Return what is shown instead of a run that could not begin."""
        return run_not_begun(command, message, self._new_id(), self._present.now(), self._by)

    def _view_of(self, command: StartRun | StartAction) -> ModelView:
        view = self._present.find(command.model_id)
        if view is None:
            raise NotNow(harmless(f"there is no model {command.model_id}"))
        return view

    def _made_for(self, command: StartAction) -> Playbook:
        view = self._view_of(command)
        try:
            specification = self._executor.specification(command.action, view)
            arguments = arguments_given(specification, command.arguments)
        except ActionRefused as refusal:
            raise NotNow(str(refusal)) from refusal
        return single_action(specification, arguments, self._present.now())

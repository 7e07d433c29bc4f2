"""What screens share that are about one model at a time: what a person can say of it and of its incident."""

from abc import abstractmethod

from console.domain.command import Acknowledge
from console.domain.snapshot import ModelView
from console.tui.actions.action import Action
from console.tui.drafts import NoteSubject
from console.tui.screens.base import ConsoleScreen
from console.tui.wording import person

SILENCE = "alertmanager.silence"
"""The action to which its own key leads."""


class OneModelScreen(ConsoleScreen):
    """A screen with a model whose incident can be acknowledged and noted on, and that can be marked and copied."""

    @abstractmethod  # Textual's metaclass rules out ABC: the type check refuses whoever lacks it, not the construction
    def view_here(self) -> ModelView | None:
        """Return the model that the screen is about now, None where there is none."""

    @property
    def model_here(self) -> str | None:
        """Return the id of that model."""
        view = self.view_here()
        return view.model.id if view is not None else None

    def works_for_model(self, action: Action) -> bool | None:
        """Return whether one of these actions can do something now, None for actions of the screen's own."""
        match action.name:
            case "copy" | "mark" | "actions" | "silence":
                return self.view_here() is not None
            case "ack":
                view = self.view_here()
                is_mine = view is not None and view.acknowledged is not None and view.acknowledged.by == self.console.me
                return view is not None and bool(view.standing) and self._is_present and not is_mine
            case "note":
                return self.note_subject() is not None
            case _:
                return None

    def label_of(self, action: Action) -> str:
        """Return what the footer calls an action here and now."""
        if action.name == "ack":
            view = self.view_here()
            if view is not None and view.acknowledged is not None:
                return f"take over from {person(view.acknowledged.by)}"
        return super().label_of(action)

    @property
    def _is_present(self) -> bool:
        """Return whether the present is shown: what was is not acknowledged or noted on any more."""
        snapshot = self.console.snapshot
        return snapshot is not None and snapshot.live

    def note_subject(self) -> NoteSubject | None:
        """Return the incident of the model."""
        view = self.view_here()
        if view is None or view.incident is None or not self._is_present:
            return None
        return NoteSubject(view.model.shown_id, view.incident.id)

    def action_ack(self) -> None:
        """Tell everybody that the person takes care of the incident."""
        view = self.view_here()
        if view is not None and view.incident is not None:
            self.send(Acknowledge(view.incident.id))
            self.console.say(f"you take care of {view.model.shown_id}")

    def action_actions(self) -> None:
        """List what can be done on the model that is here now."""
        view = self.view_here()
        if view is not None:
            self.console.open_actions(view.model.id)

    def action_silence(self) -> None:
        """List what can be done on the model, at the silence."""
        view = self.view_here()
        if view is not None:
            self.console.open_actions(view.model.id, SILENCE)

    def action_copy(self) -> None:
        """Copy how the model is."""
        view = self.view_here()
        if view is not None:
            self.console.ways_out.copy_state_of(view)

    def action_mark(self) -> None:
        """Mark the model as the person's own, or take the mark away."""
        view = self.view_here()
        if view is not None:
            self.console.toggle_mark(view.model)

"""`alertmanager.silence`: keep the firing alerts of one name and model quiet for a while."""

from collections.abc import Mapping, Sequence

import msgspec

from console.actions.alertmanager.committing import SilenceCommitting
from console.actions.alertmanager.expiring import expiry_plan
from console.actions.alertmanager.matching import identity, is_of_model, matched, matchers_for, named
from console.actions.alertmanager.outcome import alike, made_silence, sent_twice, why_edited
from console.actions.alertmanager.requests import Making, command_of, making, shown
from console.actions.alertmanager.server import AlertmanagerServer, Situation
from console.actions.argument_values import bounded_number, choice_or_none, refuse_unknown, text_or_none
from console.actions.provider import ActionRefused, Occasion, Prospect
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import FieldChange, Plan, Request, RiskTier, Undo
from console.domain.alert import Alert
from console.domain.label import harmless
from console.domain.model import Model, Target
from console.domain.moments import in_words

LONGEST_MINUTES = 120
BOUNDED_MINUTES = 30
"""A longer silence outlives the attention of whoever made it."""
INCIDENT, TIME = "incident", "time"
SILENCE = ActionSpecification(
    name="alertmanager.silence",
    title="Silence a firing alert of the model",
    arguments=(
        Argument(name="alert", meaning="which alert, by name; the only one that fires where left out", required=False),
        Argument(
            name="minutes", meaning="how many minutes it lasts at most", kind="integer", least=1, most=LONGEST_MINUTES
        ),
        Argument(
            name="ends",
            meaning="with the incident (as soon as it is over) or with the time alone",
            required=False,
            choices=(INCIDENT, TIME),
        ),
        Argument(name="comment", meaning="why, for whoever finds the silence", required=False),
        Argument(name="alertmanager", meaning="which Alertmanager, where several know the alert", required=False),
    ),
    undo="that very silence is expired",
    tier=RiskTier.BOUNDED,
    proof="system",
)


class SilenceAlerts(SilenceCommitting):
    """Makes silences that match one alert name and one model by equality, and nothing that was not shown."""

    specification = SILENCE

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return the names of the alerts of the model that fire and notify.

        Raises:
            ActionRefused: no Alertmanager can be read.
        """
        names = sorted(
            {alert.name.raw for _, situation in await self._servers.read_all() for alert in _loud(occasion, situation)}
        )
        if not names:
            return Prospect(f"no alert of {occasion.view.model.shown_id} fires that is not silenced already")
        return Prospect(choices={"alert": tuple(names)})

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return the plan of a silence, with exactly which alerts it would keep quiet.

        Raises:
            ActionRefused: an argument is none, the alerts cannot be read, or there is nothing to silence.
        """
        refuse_unknown(SILENCE, arguments)
        minutes = bounded_number(SILENCE, arguments, "minutes")
        alert = text_or_none(SILENCE, arguments, "alert")
        ends_with = _ending(occasion, choice_or_none(SILENCE, arguments, "ends"))
        comment = text_or_none(SILENCE, arguments, "comment")
        made_at = self._clock()
        server, situation = await self._server_of(occasion, alert, text_or_none(SILENCE, arguments, "alertmanager"))
        own = _one_name(occasion.view.model, _loud(occasion, situation), alert, server.settings.name)
        model = occasion.view.model
        matchers = matchers_for(own, model)
        quiet = matched(situation.alerts, matchers)
        made = Making(
            matchers=matchers,
            created_by=harmless(occasion.by) or "incident-console",
            comment=harmless(comment or _reason(model, occasion.incident_id)),
            seconds=minutes * 60.0,
            alerts=tuple(sorted(map(identity, quiet))),
        )
        return self._plan(server, occasion, made, quiet, situation, ends_with, made_at)

    async def plan_undo(self, plan: Plan, *, may_dry_run: bool) -> Plan:
        """Return the plan to expire the silence that a plan made; refused when somebody edited or expired it.

        Raises:
            ActionRefused: the silence is not there, or cannot be read.
        """
        made_at = self._clock()
        server = self._servers.at(plan.target.context)
        situation = await server.read()
        silence, made = made_silence(situation.silences, plan), making(plan.request)
        if made is None:
            raise ActionRefused(f"{plan.title}: its undo is no silence, there is nothing to take back")
        if silence is None:
            raise ActionRefused(f"{plan.title}: {_unmarked(situation, made)}")
        undo = expiry_plan(SILENCE.name, plan.model_id, plan.target, silence, situation, server.settings, made_at)
        twice = sent_twice(situation.silences, plan)
        if twice is not None:
            undo = msgspec.structs.replace(
                undo, notes=(f"{twice}; this expires {silence.id} alone (alertmanager.expire)", *undo.notes)
            )
        edited = why_edited(silence, made)
        if edited is not None:
            refusal = f"{edited}; nothing is undone over their change"
            undo = msgspec.structs.replace(undo, refusals=(refusal, *undo.refusals))
        return msgspec.structs.replace(undo, undoes=plan.hash)

    async def _server_of(
        self, occasion: Occasion, alert: str | None, name: str | None
    ) -> tuple[AlertmanagerServer, Situation]:
        """Return the Alertmanager that is meant: the only one that knows such an alert of the model."""
        told = await self._servers.read_all()
        if name is not None:
            chosen = [each for each in told if each[0].settings.name == name]
            if not chosen:
                names = ", ".join(server.settings.name for server, _ in told)
                raise ActionRefused(f"no Alertmanager is called {harmless(name)}; expected one of {names}")
            return chosen[0]
        knowing = [each for each in told if any(alert in (None, found.name.raw) for found in _loud(occasion, each[1]))]
        if len(knowing) > 1:
            names = " and ".join(server.settings.name for server, _ in knowing)
            raise ActionRefused(f"{names} know alerts of {occasion.view.model.shown_id}: say which is meant")
        return knowing[0] if knowing else told[0]

    def _plan(
        self,
        server: AlertmanagerServer,
        occasion: Occasion,
        made: Making,
        quiet: Sequence[Alert],
        situation: Situation,
        ends_with: str | None,
        made_at: float,
    ) -> Plan:
        model, settings, length = occasion.view.model, server.settings, in_words(made.seconds or 0.0)
        name = harmless(made.matchers[0].value)
        target = Target(server.place, "", "Silence", model.id, f"silence/{server.place}/{model.id}")
        title = f"Silence {name} of {model.shown_id} for {length}"
        until = f"at most {length}, and no longer than the incident" if ends_with else length
        return Plan(
            action=SILENCE.name,
            title=title,
            confirm=f"silence {name}",
            model_id=model.id,
            target=target,
            request=made.request,
            changes=(
                FieldChange("alerts that notify", str(len(quiet)), "0"),
                FieldChange("silenced for", "not silenced", until),
            ),
            tier=_tier(len(quiet), made.seconds or 0.0, most=settings.most_alerts, critical=settings.critical),
            made_at=made_at,
            dry_run="Alertmanager has none; what it would keep quiet is read from it",
            undo=Undo(
                title=f"Expire the silence of {name}",
                changes=(FieldChange("silence", "active", "expired"),),
                request=Request("DELETE", "/api/v2/silence/{id}", "", None),
            ),
            watch=(f"the silence is active and keeps {named(quiet, (one.name for one in made.matchers))} quiet",),
            notes=_notes(made, quiet, situation, ends_with),
            refusals=_refusals(made, quiet, model),
            command=command_of(made, situation.first.endpoint.url),
            ends_with=ends_with,
        )


def _unmarked(situation: Situation, made: Making) -> str:
    """Return that a silence is not found by its mark, and which it may be: who edits a comment may take it out."""
    others = alike(situation.silences, made)
    if not others:
        return "no silence bears its mark, there is nothing to take back"
    other = f"silence {others[0].id} of {harmless(others[0].createdBy)}"
    return f"no silence bears its mark; {other} matches the same, and is theirs to end (alertmanager.expire)"


def _loud(occasion: Occasion, situation: Situation) -> tuple[Alert, ...]:
    """Return the alerts of the model that no silence keeps quiet."""
    model = occasion.view.model
    return tuple(alert for alert in situation.alerts if is_of_model(alert, model) and not alert.silenced)


def _one_name(model: Model, loud: Sequence[Alert], name: str | None, server: str) -> tuple[Alert, ...]:
    """Return the alerts of the name that is meant.

    Raises:
        ActionRefused: none fires, or alerts of several names do and none is meant.
    """
    names = sorted({alert.name.raw for alert in loud})
    fires = f"{model.shown_id} has firing there: {harmless(', '.join(names)) or 'nothing that is not silenced'}"
    if name is None and len(names) != 1:
        raise ActionRefused(f"say which alert is meant; {fires}" if names else f"there is nothing to silence; {fires}")
    chosen = tuple(alert for alert in loud if alert.name.raw == (name or names[0]))
    if not chosen:
        raise ActionRefused(f"no alert {harmless(name or '')} of the model fires in {harmless(server)}; {fires}")
    return chosen


def _ending(occasion: Occasion, ends: str | None) -> str | None:
    """Return the incident with which the silence ends, None where it ends with its time alone."""
    incident = occasion.incident_id
    if incident is None and occasion.view.incident is not None:
        incident = occasion.view.incident.id
    if ends == INCIDENT and incident is None:
        raise ActionRefused(f"{occasion.view.model.shown_id} has no incident with which a silence could end")
    return None if ends == TIME else incident


def _reason(model: Model, incident_id: str | None) -> str:
    return f"incident {incident_id} is being worked on" if incident_id else f"{model.id} is being worked on"


def _tier(count: int, seconds: float, *, most: int, critical: bool) -> RiskTier:
    if critical:
        return RiskTier.HARD_TO_UNDO
    is_bounded = count <= most and seconds <= BOUNDED_MINUTES * 60
    return RiskTier.BOUNDED if is_bounded else RiskTier.WIDE


def _notes(made: Making, quiet: Sequence[Alert], situation: Situation, ends_with: str | None) -> tuple[str, ...]:
    names = (matcher.name for matcher in made.matchers)
    notes = [f"keeps quiet {named(quiet, names)}", f"matches {shown(made.matchers)}, also what fires later"]
    if ends_with is not None:
        notes.append(
            f"expired by the console, without asking again, as soon as incident {harmless(ends_with)} is over and a"
            " console runs that may write there"
        )
    if situation.missing is not None:
        notes.append(f"what only they know is not counted: {situation.missing}")
    return tuple(notes)


def _refusals(made: Making, quiet: Sequence[Alert], model: Model) -> tuple[str, ...]:
    refusals = []
    if len(made.matchers) < 2:
        refusals.append("a silence needs two equality matchers, one of them for the model")
    if any(not matcher.value for matcher in made.matchers):
        refusals.append("an empty value matches every alert without the label")
    others = [alert for alert in quiet if not is_of_model(alert, model)]
    if others:
        refusals.append(f"it would keep quiet alerts of other models: {named(others)}")
    return tuple(refusals)

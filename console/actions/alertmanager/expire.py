"""`alertmanager.expire`: end a silence that keeps alerts of the model quiet, whoever made it."""

from collections.abc import Mapping

import msgspec

from console.actions.alertmanager.again import why_not_again
from console.actions.alertmanager.committing import SilenceCommitting
from console.actions.alertmanager.expiring import expiry_plan
from console.actions.alertmanager.matching import is_of_model
from console.actions.alertmanager.outcome import state_in_words
from console.actions.alertmanager.requests import Making, making, shown
from console.actions.alertmanager.server import AlertmanagerServer, Situation
from console.actions.argument_values import refuse_unknown, text_or_none
from console.actions.provider import ActionRefused, Occasion, Prospect
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import FieldChange, Plan, RiskTier, Undo
from console.domain.label import harmless
from console.domain.model import Target
from console.domain.moments import clock_time
from console.sources.alertmanager.silences import Silence

EXPIRE = ActionSpecification(
    name="alertmanager.expire",
    title="Expire a silence that keeps alerts of the model quiet",
    arguments=(Argument(name="silence", meaning="its id; the only one there is where left out", required=False),),
    undo="a silence with the same matchers is made, until the same end",
    tier=RiskTier.BOUNDED,
    proof="system",
)


class ExpireSilence(SilenceCommitting):
    """Expires silences; taking that back makes one anew, for an expired silence stays so."""

    specification = EXPIRE

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return the ids of the silences that keep alerts of the model quiet.

        Raises:
            ActionRefused: no Alertmanager can be read.
        """
        found = [silence.id for _, _, silence in await self._silences_of(occasion)]
        if not found:
            return Prospect(f"no silence keeps an alert of {occasion.view.model.shown_id} quiet")
        return Prospect(choices={"silence": tuple(found)})

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return the plan to expire a silence that keeps alerts of the model quiet.

        Raises:
            ActionRefused: there is no such silence, or the Alertmanager cannot be read.
        """
        refuse_unknown(EXPIRE, arguments)
        wanted, made_at = text_or_none(EXPIRE, arguments, "silence"), self._clock()
        found = await self._silences_of(occasion)
        known = ", ".join(f"{silence.id} ({shown(silence.matchers)})" for _, _, silence in found) or "none"
        chosen = [each for each in found if wanted in (None, each[2].id)]
        if len(chosen) != 1:
            which = f"silence {harmless(wanted)} is none of them" if wanted else "say which is meant"
            raise ActionRefused(f"silences that keep alerts of {occasion.view.model.shown_id} quiet: {known}; {which}")
        server, situation, silence = chosen[0]
        model_id = occasion.model_id
        target = Target(server.place, "", "Silence", model_id, f"silence/{server.place}/{model_id}")
        plan = expiry_plan(EXPIRE.name, model_id, target, silence, situation, server.settings, made_at)
        undo = Undo(
            title=f"Silence {shown(silence.matchers)} again until {clock_time(silence.ends)} UTC",
            changes=(FieldChange("silence", "expired", state_in_words(silence)),),
            request=_again(silence, occasion.by).request,
        )
        return msgspec.structs.replace(plan, undo=undo)

    async def plan_undo(self, plan: Plan, *, may_dry_run: bool) -> Plan:
        """Return the plan of a silence like the one that was expired, until the same end.

        Raises:
            ActionRefused: the plan has no inverse, or the Alertmanager cannot be read.
        """
        made = making(plan.undo.request) if plan.undo is not None else None
        if plan.undo is None or made is None:
            raise ActionRefused(f"{plan.title} cannot be undone")
        made_at = self._clock()
        server = self._servers.at(plan.target.context)
        situation = await server.read()
        return Plan(
            action=EXPIRE.name,
            title=plan.undo.title,
            confirm="silence again",
            model_id=plan.model_id,
            target=plan.target,
            request=plan.undo.request,
            changes=plan.undo.changes,
            tier=plan.tier,
            made_at=made_at,
            dry_run="Alertmanager has none",
            watch=("the silence is active",),
            refusals=() if (why := why_not_again(made, situation, made_at)) is None else (why,),
            undoes=plan.hash,
        )

    async def _silences_of(self, occasion: Occasion) -> list[tuple[AlertmanagerServer, Situation, Silence]]:
        """Return the silences that keep alerts of the model quiet, with where and beside what they are."""
        found = []
        for server, situation in await self._servers.read_all():
            own = [alert for alert in situation.alerts if is_of_model(alert, occasion.view.model)]
            ids = {silence_id for alert in own for silence_id in alert.silenced_by}
            found += [(server, situation, each) for each in situation.silences.silences if each.id in ids]
        return sorted(found, key=lambda each: each[2].id)


def _again(silence: Silence, by: str) -> Making:
    return Making(
        matchers=silence.matchers,
        created_by=harmless(by) or "incident-console",
        comment=harmless(f"{silence.comment} (again; first made by {silence.createdBy})"),
        until=silence.ends,
    )

"""The plan that expires a silence: what takes a silence back, and `alertmanager.expire`."""

from console.actions.alertmanager.matching import named
from console.actions.alertmanager.outcome import state_in_words
from console.actions.alertmanager.requests import Expiring, shown
from console.actions.alertmanager.server import Situation
from console.domain.action import FieldChange, Plan, RiskTier
from console.domain.label import harmless
from console.domain.model import Target
from console.settings.settings import AlertmanagerSettings
from console.sources.alertmanager.silences import Silence


def expiry_plan(
    action: str,
    model_id: str,
    target: Target,
    silence: Silence,
    situation: Situation,
    settings: AlertmanagerSettings,
    made_at: float,
) -> Plan:
    """Return the plan to expire a silence, refused where it is expired already."""
    quiet = [alert for alert in situation.alerts if silence.id in alert.silenced_by]
    notes = [f"was made by {harmless(silence.createdBy)}: {harmless(silence.comment)}"]
    if quiet:
        notes.append(f"notifies again, as far as nothing else keeps it quiet: {named(quiet)}")
    is_wide = len(quiet) > settings.most_alerts
    tier = RiskTier.HARD_TO_UNDO if settings.critical else RiskTier.WIDE if is_wide else RiskTier.BOUNDED
    return Plan(
        action=action,
        title=f"Expire silence {silence.id} ({shown(silence.matchers)})",
        confirm="expire the silence",
        model_id=model_id,
        target=target,
        request=Expiring(silence.id, silence.updated).request,
        changes=(FieldChange("silence", state_in_words(silence), "expired"),),
        tier=tier,
        made_at=made_at,
        dry_run="Alertmanager has none",
        watch=("the silence is expired",),
        notes=tuple(notes),
        refusals=(f"the silence is {state_in_words(silence)} already",) if silence.is_over else (),
    )

"""The story of the sample night, and what every format makes of it."""

from collections.abc import Sequence

from console.headless.report.handoff import handoff_markdown, tell_handoff
from console.headless.report.html import incident_html
from console.headless.report.json_document import incident_json
from console.headless.report.listing import incidents_json, incidents_text
from console.headless.report.markdown import incident_markdown
from console.headless.report.story import IncidentStory
from console.headless.report.tell import tell_incident
from console.journal.events import Event
from console.journal.incidents import Incidents
from tests.journal.incident_samples import WRITTEN, night

HALF_A_DAY = 43_200.0


def story(events: Sequence[Event] | None = None, written: float = WRITTEN) -> IncidentStory:
    """The last incident of some events (those of the sample night if None) as it is told at an instant."""
    told = night() if events is None else tuple(events)
    incidents = Incidents(told)
    return tell_incident(tuple(incidents)[-1], incidents, told, written)


def every_format(events: Sequence[Event] | None = None, written: float = WRITTEN) -> dict[str, str]:
    """What `report` prints of some events, by the name of a golden file."""
    told = night() if events is None else tuple(events)
    incident = story(told, written)
    handoff = tell_handoff(told, written - HALF_A_DAY, written, ["bob@laptop is acting on ml/fraud"])
    return {
        "incident.md": incident_markdown(incident),
        "incident.html": incident_html(incident),
        "incident.json": incident_json(incident),
        "handoff.md": handoff_markdown(handoff),
        "list.txt": incidents_text(Incidents(told)),
        "list.json": incidents_json(Incidents(told)),
    }

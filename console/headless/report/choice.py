"""Which incident of a journal somebody means."""

from console.domain.label import harmless
from console.journal.incidents import Incidents, RecordedIncident
from console.settings.nearest import nearest

MOST_TOLD = 5
LONGEST_TOLD = 600


class NoSuchIncident(Exception):
    """No incident, or more than one, is meant by what was asked for; the message says so in one line."""


def choose(incidents: Incidents, wanted: str | None) -> RecordedIncident:
    """Return the incident of an id, of a unique beginning of one, or the last one of a model; without any, the last.

    Raises:
        NoSuchIncident: there is none, or the beginning fits several.
    """
    known = tuple(incidents)
    if not known:
        raise NoSuchIncident("the journal holds no incident yet")
    if wanted is None:
        return max(known, key=lambda record: record.opened.at)
    of_model = [record for record in known if wanted in (record.opened.model_id, record.opened.model_name)]
    if of_model:
        return max(of_model, key=lambda record: record.opened.at)
    fitting = [record for record in known if record.id.startswith(wanted)]
    exact = incidents.find(wanted)
    if exact is not None or len(fitting) == 1:
        return exact or fitting[0]
    if fitting:
        told = ", ".join(record.id for record in fitting[-MOST_TOLD:])
        told = f"'{wanted}' is the beginning of {len(fitting)} incidents, the last of them: {told}"
        raise NoSuchIncident(harmless(told, LONGEST_TOLD))
    found = nearest(wanted, dict.fromkeys(record.opened.model_id for record in known))
    told = f"no incident is '{wanted}'" + (f"; nearest: {found}" if found else "; --list shows all of them")
    raise NoSuchIncident(harmless(told, LONGEST_TOLD))

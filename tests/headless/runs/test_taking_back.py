"""A command that follows a playbook changes what was confirmed by its hash, and nothing beside it."""

from pathlib import Path

import pytest

from console.engine.endings import Endings
from console.headless.commands.playbook_run import PlaybookBeginning
from console.headless.runs.consent import Consent
from console.headless.runs.decisions import Decider
from console.headless.runs.following import Following
from console.headless.runs.telling import RunTeller
from console.journal.incidents import Incidents
from console.settings.settings import AlertmanagerSettings, ServerSettings, Settings


async def test_it_expires_no_silence_of_an_incident_that_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Incidents] = []
    monkeypatch.setattr(Endings, "look", lambda _, known: looked.append(known))
    settings = Settings(
        prometheus=ServerSettings(name="prometheus", urls=("http://127.0.0.1:1",)),
        alertmanager=(AlertmanagerSettings("alertmanager", ("http://127.0.0.1:1",), write=True),),
        state_directory=str(tmp_path),
    )
    beginning = PlaybookBeginning("scale-out", "eta", rehearse=False)
    await Following(settings, beginning, Decider(Consent()), RunTeller("text")).follow()
    assert looked == []

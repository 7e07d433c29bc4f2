"""Two real consoles before a real Prometheus and one journal, and what summary and report tell of it afterwards."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import pytest

from console.domain.command import Acknowledge, AddNote
from console.domain.moments import floor_to_step
from console.domain.objective import Objective
from console.domain.snapshot import ModelView, Snapshot
from console.engine.loop import Engine
from console.engine.parts import make_engine
from console.engine.working_parts import Published
from console.headless.commands.report import report_incident
from console.headless.commands.summary import print_summary
from console.headless.exit_codes import ExitCode
from console.journal.file_journal import FileJournal
from console.journal.incidents import Incidents
from console.settings.settings import ModelRule, ServerSettings, Settings
from tests.history.circumstances.past import AHEAD, add_pod, pod_labels
from tests.services import OpenMetricsHistory, Servers

NOW = floor_to_step(time.time(), 30.0)
BROKE = NOW - 600.0
SOON = 30.0


@pytest.fixture
def settings(servers: Servers, tmp_path: Path) -> Settings:
    """A fleet of two, of which `fraud` is slow since ten minutes."""
    history = OpenMetricsHistory()
    for model, seconds in (("fraud", 2.0), ("ads", 0.2)):
        add_pod(history, pod_labels(f"{model}-a", "v1", model=model), start=NOW - 7200, end=BROKE, seconds=0.2)
        labels = pod_labels(f"{model}-b", "v1", model=model)
        add_pod(history, labels, start=BROKE, end=NOW + AHEAD, seconds=seconds)
    prometheus = servers.prometheus(history=history)
    return Settings(
        prometheus=ServerSettings(name="prometheus", urls=(prometheus.url,)),
        cache=False,
        refresh=1.0,
        models=(ModelRule("*", Objective(latency={"latency_p99": 1.0})),),
        state_directory=str(tmp_path / "state"),
    )


class Console:
    """A console without a screen."""

    def __init__(self, settings: Settings) -> None:
        self._published: Queue[Published | BaseException] = Queue()
        self.engine: Engine = make_engine(
            settings, environment={}, at=None, publish=self._published.put, crashed=self._published.put
        )

    def sees(self, what: Callable[[ModelView], bool]) -> ModelView:
        """Wait until a snapshot shows something of `fraud`, and return how it does."""
        until = time.monotonic() + SOON
        while time.monotonic() < until:
            value = self._published.get(timeout=SOON)
            if isinstance(value, BaseException):
                raise value
            view = value.find("fraud") if isinstance(value, Snapshot) else None
            if view is not None and what(view):
                return view
        raise TimeoutError


@contextmanager
def opened(settings: Settings) -> Iterator[Console]:
    console = Console(settings)
    console.engine.start()
    yield console
    assert console.engine.stop(SOON)


def test_what_a_console_saw_and_a_person_said_is_told_everywhere(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(settings) as console, opened(settings) as other:
        incident = console.sees(lambda view: view.incident is not None).incident
        assert incident is not None
        console.engine.send(Acknowledge(incident.id))
        console.engine.send(AddNote("password=hunter22 did it", incident_id=incident.id, follow_up=True))
        for each in (console, other):
            view = each.sees(lambda view: view.acknowledged is not None and bool(view.notes))
            assert view.notes[0].follow_up
    # Both began at once and may have written it at once: it is told as one.
    (record,) = Incidents(FileJournal(Path(str(settings.state_directory))).read())
    assert {course.signal for course in record.opened.courses} >= {"latency_p99", "traffic"}
    assert abs(record.opened.onset - BROKE) < 300

    print_summary(settings, at=None, globs=(), chosen_format="text", every_model=False)
    assert " takes care since " in capsys.readouterr().out
    assert report_incident(settings, "fraud", "markdown") == ExitCode.OK
    told = capsys.readouterr().out
    assert "# fraud: p99 latency" in told
    assert "limit 1.00 s │" in told
    assert "password=\\*\\*\\* did it" in told
    assert report_incident(settings, "fraud", "json") == ExitCode.OK
    times = json.loads(capsys.readouterr().out)["times"]
    assert times["seconds_to_acknowledge"] >= times["seconds_to_detect"] > 0
    assert times["recovered"] is None

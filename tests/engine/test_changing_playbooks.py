"""Playbooks that change on disk while they are followed: a run keeps the version that it began with."""

from pathlib import Path

from console.domain.command import Answer, StartRun
from console.playbooks.library import LiveLibrary
from tests.engine.stage import MODEL_ID, SLOW, Stage
from tests.playbooks.examples import SMALLEST

SECOND = SMALLEST.replace("version: 1", "version: 2").replace("id: look", "id: search").replace("at it", "elsewhere")


async def test_a_run_keeps_the_version_that_it_began_with(tmp_path: Path) -> None:
    file = tmp_path / "smallest.yaml"
    file.write_text(SMALLEST)
    library = LiveLibrary([tmp_path])
    stage = Stage(library)
    await stage.snapshot(SLOW)
    await stage.keeper.handle(StartRun(MODEL_ID, "smallest"))
    began = stage.run
    assert (began.playbook_version, [step.id for step in began.steps]) == (1, ["look"])

    file.write_text(SECOND)
    library.reread()
    await stage.pass_time(30.0, SLOW)
    assert stage.run.id == began.id
    assert [step.title for step in stage.run.steps] == [step.title for step in began.steps]
    ended = await stage.send(Answer(began.id, "look", "d"))
    assert (ended.playbook_version, ended.ended is not None) == (1, True)

    await stage.keeper.handle(StartRun(MODEL_ID, "smallest"))
    assert stage.run.id != began.id
    assert (stage.run.playbook_version, [step.id for step in stage.run.steps]) == (2, ["search"])

"""How the widget that paints a run looks from its first frame on."""

import msgspec

from console.domain.command import StartRun
from console.domain.run import Evidence
from console.tui.panels.run_pane import RunPane
from tests.tui import scenes, scenes_of_runs
from tests.tui.stage import Stage, on_stage


def beside(stage: Stage) -> list[str]:
    return [row[84:].strip() for row in stage.lines[3:]]


async def test_evidence_that_takes_several_rows_is_whole_in_the_first_frame() -> None:
    pods = Evidence("pods", "pods", 1.0, "two were killed for memory, one crashed four times since this morning")
    run = msgspec.structs.replace(scenes.deciding(), evidence=(*scenes.EVIDENCE, pods))
    async with on_stage(answers={StartRun: (run,)}) as stage:
        await stage.press("2")
        first = beside(stage)
        assert "morning" in " ".join(first)
        await stage.publish(msgspec.structs.replace(run, message="looked at again"))
        assert beside(stage) == first


async def test_only_the_lines_above_the_steps_stand_on_a_bar() -> None:
    async with on_stage(answers={StartRun: (scenes.deciding(),)}) as stage:
        await stage.press("2")
        pane = stage.app.screen.query_one(RunPane)
        assert {pane.ground_of(y) for y in range(pane.size.height)} == {""}
        await stage.publish(scenes_of_runs.rehearsed())
        await stage.resize(80, 40)
        assert [pane.ground_of(y) for y in range(3)] == ["surface", "surface", ""]

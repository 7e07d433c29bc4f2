"""A console that is killed at any point loses nothing, and the next one sends nothing again."""

from pathlib import Path

from tests.actions.kubernetes.world import a_world
from tests.engine.killing import kill_consoles

KILLS = 50


async def test_nothing_is_lost_and_nothing_is_sent_twice_whenever_a_console_is_killed(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        seen = await kill_consoles(tmp_path, KILLS, seed=6, pod=world.cluster.pods("ml", "fraud")[0].name)
    assert seen.problems == []
    assert sum(seen.kills.values()) == KILLS
    assert len(seen.kills) > 1
    assert seen.requests

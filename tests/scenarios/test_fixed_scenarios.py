"""A small labelled fleet, always the same: one Prometheus, several instants, judged as `summary --at` judges."""

import asyncio

import pytest

from tests.scenarios.backfill import served_world
from tests.scenarios.composing import Plan, compose
from tests.scenarios.incidents import METRIC_INCIDENTS
from tests.scenarios.look_alikes import LOOK_ALIKES
from tests.scenarios.looking import look, settings_of
from tests.scenarios.scoring import SETTLED, Score, score
from tests.scenarios.table import misses

SEED = 11
INCIDENTS = ("surge", "lost-capacity", "slow-replica", "slow-version")
OTHERS = ("season", "benign-release", "slow-scrape", "hardly-used", "scale-down", "quiet")


@pytest.fixture(scope="module")
def told() -> Score:
    """Return how a small fleet was told."""
    plan = Plan(
        [METRIC_INCIDENTS[name] for name in INCIDENTS],
        [LOOK_ALIKES[name] for name in OTHERS],
        days=1.1,
        spacing=30.0,
    )

    async def tell() -> Score:
        world = compose(SEED, plan)
        incidents = [label for label in world.labels if label.is_incident]
        looked = sorted({round(label.onset + after) for label in incidents for after in (300.0, SETTLED)})
        async with served_world(world) as url:
            said = await look(settings_of(world, url), len(world.models), looked)
        return score(SEED, world.labels, said, looked)

    return asyncio.run(tell())


def test_incidents_are_detected_within_five_minutes_as_what_they_are(told: Score) -> None:
    assert len(told.results) == len(INCIDENTS)
    assert all(result.in_time for result in told.results), misses(told)
    assert all(answer.kind for result in told.results for answer in result.answers), misses(told)


def test_causes_and_first_playbooks_are_right_five_and_ten_minutes_after_the_onset(told: Score) -> None:
    assert {len(result.answers) for result in told.results} == {2}
    assert all(answer.cause and answer.playbook for result in told.results for answer in result.answers), misses(told)


def test_nothing_is_said_of_look_alikes(told: Score) -> None:
    assert [false.said for false in told.false if not false.label.is_incident] == []

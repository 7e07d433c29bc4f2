"""Finding a model: the best fit first, and fast among a thousand."""

import random
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.command import StartRun, StopWatching, WatchModel
from console.domain.snapshot import Snapshot
from console.tui.fleet_rows import fleet_rows
from console.tui.fuzzy import fit_of
from tests.tui import scenes
from tests.tui.scripted_engine import Answers
from tests.tui.stage import on_stage

ANSWERS: Answers = {WatchModel: (scenes.detail(),), StartRun: (scenes.deciding(),)}


def found(query: str, *texts: str) -> list[str]:
    fits = [(fit, text) for text in texts if (fit := fit_of(query, text)) is not None]
    return [text for _, text in sorted(fits, key=lambda pair: -pair[0])]


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("eta", ["eta", "eta-eu", "ml/eta", "beta", "extra-ads"]),
        ("ml eta", ["ml/eta"]),
        ("xads", ["extra-ads"]),
        ("zz", []),
    ],
)
def test_the_better_fit_stands_first(query: str, best: list[str]) -> None:
    assert found(query, "extra-ads", "beta", "ml/eta", "eta-eu", "eta")[: len(best)] == best or not best


def test_letters_close_together_fit_better() -> None:
    assert found("fr", "faar", "far", "fr") == ["fr", "far", "faar"]


@given(st.text(max_size=8), st.text(max_size=20))
def test_a_fit_is_a_positive_number_and_holds_the_letters_in_order(query: str, text: str) -> None:
    fit = fit_of(query, text)
    if fit is None:
        return
    assert fit >= 0
    for word in query.split():
        rest = iter(text)
        assert all(letter in rest for letter in word)


async def test_a_refresh_while_letters_are_typed_moves_no_target() -> None:
    chance = random.Random(5)
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("f", "a", "down")
        chosen = next(line[2:].split()[0] for line in stage.lines if line.startswith("▌"))
        for sequence in range(10):
            views = [scenes.healthy(f"a{number}") for number in range(chance.randrange(5))]
            views += list(scenes.fleet().models)
            chance.shuffle(views)
            await stage.publish(msgspec.structs.replace(scenes.fleet(sequence=sequence), models=tuple(views)))
            assert sum(line.startswith("▌") for line in stage.lines) == 1
        under_cursor = next(line for line in stage.lines if line.startswith("▌"))
        assert chosen in under_cursor
        name = under_cursor[1:].split()[1]
        await stage.press("enter")
        assert f"fleet › {name}" in stage.lines[1]


async def test_from_a_model_another_one_is_opened_in_its_place() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter", "2", "ctrl+f", *"eta", "enter")
        assert "fleet › eta" in stage.lines[1]
        assert stage.last() == WatchModel("eta", 3600.0, 0.0), "leaving the other model did not end it"
        await stage.press("escape")
        assert stage.at == "FleetScreen"
        assert isinstance(stage.last(), StopWatching)


async def test_what_is_not_found_opens_nothing() -> None:
    async with on_stage() as stage:
        await stage.press("f", *"nope", "enter")
        assert stage.at == "JumpScreen"
        assert "no model's name holds “nope”" in stage.text
        await stage.press("escape")
        assert stage.at == "FleetScreen"


def test_a_thousand_models_are_searched_in_less_than_it_takes_to_make_their_rows() -> None:
    views = tuple(scenes.healthy(f"team-{number % 17}/ranker-{number}") for number in range(1000))
    snapshot = Snapshot(scenes.AT, (scenes.PROMETHEUS,), views)
    names = [view.model.id.casefold() for view in views]

    def cost(run: object, *arguments: object) -> float:
        began = time.process_time()
        for _ in range(3):
            run(*arguments)  # type: ignore[operator]  # one of two functions
        return time.process_time() - began

    search = cost(lambda: [fit_of("trk9", name) for name in names])
    assert search < cost(lambda: fleet_rows(snapshot)) / 2

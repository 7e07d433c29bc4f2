import pytest

from console.simulation.demo import scenarios
from console.simulation.fleet.models import EIGHT_MODELS
from console.simulation.predictions import LOGGED_MODELS
from console.simulation.scenario import BEGAN, BEGINS, Scenario, UnknownScenario, find_scenario


def test_the_default_is_the_surge_of_one_model() -> None:
    assert scenarios()[0].name == "surge"


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_every_scenario_is_found_tells_its_story_and_is_about_models_that_exist(scenario: Scenario) -> None:
    assert find_scenario(scenario.name) == scenario
    assert scenario.title
    assert scenario.happens
    assert scenario.ends
    assert {fault.model for fault in scenario.faults} <= {profile.name for profile in EIGHT_MODELS}
    assert all(fault.begins == BEGINS for fault in scenario.faults)
    for model, fault in scenario.logged:
        (spec,) = [spec for spec in LOGGED_MODELS if spec.model == model]
        assert spec.with_faults(fault).faults == (fault,)
        assert fault.begins == BEGAN


def test_a_scenario_can_begin_earlier() -> None:
    assert [fault.begins for fault in find_scenario("surge").beginning(5.0).faults] == [5.0]


def test_an_unknown_scenario_is_answered_with_those_that_exist() -> None:
    with pytest.raises(UnknownScenario, match="no scenario 'sruge': expected one of surge, "):
        find_scenario("sruge")

from typing import Any

import pytest

from console.actions.kserve.canaries import canary_notes, chosen_canary, without_canary
from console.actions.provider import ActionRefused
from tests.actions.kserve.services import a_service


def entry(name: str, percent: int | None = 10) -> dict[str, Any]:
    return {"trafficPercent": percent, "predictor": {"name": name, "sklearn": {"storageUri": f"s3://{name}"}}}


def test_the_only_canary_is_meant_and_of_several_the_named_one() -> None:
    one, two = a_service(canary=[entry("v2")]), a_service(canary=[entry("v2"), entry("v3", 30)])
    assert chosen_canary(one, None).name == "v2"
    assert chosen_canary(two, "v3").percent == 30
    with pytest.raises(ActionRefused, match=r"has 2 canaries, .* name it \(canary: v2, v3\)"):
        chosen_canary(two, None)
    with pytest.raises(ActionRefused, match="has no canary 'v4'; it has v2, v3"):
        chosen_canary(two, "v4")


def test_only_its_entry_is_taken_out_and_the_others_stay_as_they_are() -> None:
    service = a_service(canary=[entry("v2"), entry("v3")])
    assert without_canary(service, chosen_canary(service, "v2")) == [entry("v3")]
    service = a_service(canary=[entry("v2", None)])
    assert without_canary(service, chosen_canary(service, "v2")) == []


def test_the_stable_predictor_gets_its_share() -> None:
    service = a_service(canary=[entry("v2", 10), entry("v3", 30)])
    share, pods = canary_notes(service, chosen_canary(service, "v2"))
    assert share == "canary v2 serves 10 % of the traffic: the stable predictor serves 70 % afterwards"
    assert pods == "the pods of canary v2 and their logs go with it"

"""Commands in texts: they name the cluster and what serves the model, and what is not known is left to a person."""

from console.playbooks.events import ServedBy
from console.playbooks.kubectl import KUBECTL, WORKLOAD, command_facts
from console.playbooks.names import render


def test_a_command_names_the_context_and_what_serves_the_model() -> None:
    facts = command_facts(ServedBy("prod-eu", "ml", "Deployment", "fraud"))
    told = render("{{ model.kubectl }} rollout history {{ model.workload }}", {}, {}, facts)
    assert told == "kubectl --context prod-eu -n ml rollout history deployment/fraud"


def test_what_is_not_known_is_left_to_a_person() -> None:
    assert command_facts(None) == {KUBECTL: "kubectl --context CONTEXT -n NAMESPACE", WORKLOAD: "KIND/NAME"}


def test_a_name_cannot_become_another_command() -> None:
    facts = command_facts(ServedBy("prod; rm -rf ~", "ml", "Deployment", "$(id)\nid"))
    assert facts[KUBECTL] == "kubectl --context 'prod; rm -rf ~' -n ml"
    assert facts[WORKLOAD] == "'deployment/$(id)␊id'"


def test_a_text_keeps_its_lines_and_a_value_adds_none() -> None:
    facts = {"model.name": "a\nb"}
    assert render("look:\n{{ model.name }}\n\nthen go", {}, {}, facts) == "look:\na␊b\nthen go"

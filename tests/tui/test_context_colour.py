import pytest

from console.tui.context_colour import colour_of, context_badge


@pytest.mark.parametrize(
    "context",
    [
        "prod",
        "prod-eu",
        "eu-prod-1",
        "PRODUCTION",
        "live_eu",
        "arn:aws:eks:eu-west-1:1:cluster/prod",
        "prod1",
        "prd-us",
    ],
)
def test_production_is_red_without_being_told(context: str) -> None:
    assert colour_of(context, {}) == "red"


@pytest.mark.parametrize(
    "context",
    ["", "staging", "non-prod", "pre-prod-eu", "nonprod", "product-search", "livestream-dev", "kind-kind", "produkt"],
)
def test_what_only_looks_like_production_is_not(context: str) -> None:
    assert colour_of(context, {}) is None


def test_what_was_chosen_wins_for_its_own_context_only() -> None:
    assert colour_of("prod-eu", {"prod-eu": "green"}) == "green"
    assert colour_of("prod-us", {"prod-eu": "green"}) == "red"


def test_a_word_stands_beside_the_colour() -> None:
    assert context_badge("prod-eu", "red").text == " red: prod-eu "
    assert context_badge("dev\x1b[2J", None).text.isprintable()

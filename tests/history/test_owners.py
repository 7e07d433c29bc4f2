import pytest

from console.history.owners import ModelKey, Owners, joined
from console.sources.prometheus.signal_query import Identity

HERE = Identity("model", (("namespace", "ns"),))
BARE: ModelKey = ("a", ())
ML: ModelKey = ("a", (("namespace", "ml"),))
TEST: ModelKey = ("a", (("namespace", "test"),))
ML_EU: ModelKey = ("a", (("cluster", "eu"), ("namespace", "ml")))


def test_a_row_names_its_model_and_keeps_what_else_it_says() -> None:
    row = Owners().row("plain", HERE, b'{"model":"a","ns":"ml","pod":"p"}')
    assert (row.key, row.labels) == (ML, {"pod": "p"})


def test_rows_that_a_pass_did_not_ask_for_are_forgotten() -> None:
    owners = Owners()
    first = owners.row("plain", HERE, b'{"model":"a"}')
    owners.forget_unseen()
    assert owners.row("plain", HERE, b'{"model":"a"}') is first
    owners.forget_unseen()
    owners.forget_unseen()
    assert owners.row("plain", HERE, b'{"model":"a"}') is not first


@pytest.mark.parametrize(
    ("keys", "same"),
    [
        ({"vllm": {ML}, "plain": {BARE}}, {BARE: ML}),
        ({"vllm": {ML}, "plain": {("b", ())}}, {}),
        ({"vllm": {ML, TEST}, "plain": {BARE}}, {}),
        ({"plain": {ML, BARE}}, {}),
        ({"vllm": {ML}, "triton": {ML_EU}, "plain": {BARE}}, {ML: ML_EU, BARE: ML_EU}),
        ({"vllm": {ML}, "plain": {TEST}}, {}),
    ],
)
def test_a_key_of_fewer_labels_is_the_only_one_of_more(
    keys: dict[str, set[ModelKey]], same: dict[ModelKey, ModelKey]
) -> None:
    assert joined(keys) == same

from hypothesis import given
from hypothesis import strategies as st

from console.domain.model import identify


def test_a_name_that_one_model_bears_is_its_id() -> None:
    assert [model.id for model in identify([("fraud", {"namespace": "ml"}), ("ads", {})])] == ["ads", "fraud"]


def test_namesakes_are_told_apart_by_their_labels() -> None:
    models = identify([("fraud", {"namespace": "a"}), ("fraud", {"namespace": "b"}), ("ads", {"namespace": "a"})])
    assert [model.id for model in models] == ["a/fraud", "ads", "b/fraud"]
    assert [model.namespace for model in models] == ["a", "a", "b"]


def test_only_ids_that_are_alike_are_spelled_out() -> None:
    found = [("fraud", {"namespace": "ml"}), ("fraud", {}), ("ml/fraud", {"namespace": "x"}), ("ads", {})]
    assert [model.id for model in identify(found)] == [
        '["fraud",{"namespace":"ml"}]',
        '["ml/fraud",{"namespace":"x"}]',
        "ads",
        "fraud",
    ]


_found = st.lists(
    st.tuples(st.sampled_from(["a", "b", "x/a"]), st.dictionaries(st.just("namespace"), st.text("xy/", max_size=2)))
)


@given(_found)
def test_models_do_not_depend_on_the_order_in_which_they_were_found(found: list[tuple[str, dict[str, str]]]) -> None:
    assert identify(found) == identify(reversed(found))


@given(_found)
def test_ids_are_unique(found: list[tuple[str, dict[str, str]]]) -> None:
    ids = [model.id for model in identify(found)]
    assert len(set(ids)) == len(ids)

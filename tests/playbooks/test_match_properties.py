"""The order of playbooks: total, the same whatever the order of the files, and untouched by playbooks beside it."""

from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, Severity, Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.snapshot import ModelView
from console.playbooks.document import Playbook
from console.playbooks.head import Match, MatchAnomaly
from console.playbooks.library import Library
from console.playbooks.load import load_text
from console.playbooks.match import offers
from tests.playbooks.examples import SMALLEST

VIEW = ModelView(Model("fraud", Label("fraud"), {"namespace": "ml"}), Status.CRITICAL, {}, presets=("vllm", "kserve"))
SMALL = load_text(SMALLEST, "p.yaml").playbook

causes = st.lists(st.sampled_from(list(CauseKind)), max_size=3, unique=True).map(tuple)
matches = st.builds(
    Match,
    anomaly=st.builds(MatchAnomaly, kind=st.sampled_from([(), (AnomalyKind.LATENCY,), (AnomalyKind.ERRORS,)])),
    causes=causes,
    labels=st.sampled_from([{}, {"namespace": ("ml",)}, {"namespace": ("other",)}]),
    serving=st.sampled_from([(), ("vllm",), ("triton", "kserve"), ("statefulset",)]),
    fleet_wide=st.booleans(),
    rank=st.sampled_from([10, 50]),
)
heads = st.dictionaries(
    st.from_regex(r"[a-z]{1,3}", fullmatch=True), st.lists(matches, min_size=1, max_size=3), min_size=1, max_size=8
)
anomalies = st.builds(
    lambda stated: Anomaly(
        "fraud/latency_p99", AnomalyKind.LATENCY, "latency_p99", Severity.CRITICAL, 0.0, "", causes=stated
    ),
    st.lists(
        st.builds(Cause, st.sampled_from(list(CauseKind)), st.floats(0, 1), st.just("")),
        max_size=3,
        unique_by=lambda cause: cause.kind,
    ).map(tuple),
)


def playbooks_of(written: dict[str, list[Match]]) -> tuple[Playbook, ...]:
    assert SMALL is not None
    return tuple(
        msgspec.structs.replace(SMALL, metadata=msgspec.structs.replace(SMALL.metadata, id=name), match=tuple(match))
        for name, match in written.items()
    )


@settings(max_examples=200)
@given(heads, anomalies, st.booleans(), st.randoms())
def test_the_order_follows_from_what_is_asked_for(
    written: dict[str, list[Match]], anomaly: Anomaly, is_fleet_wide: bool, random: Random
) -> None:
    playbooks = list(playbooks_of(written))
    found = offers(Library(playbooks), VIEW, anomaly, is_fleet_wide=is_fleet_wide)
    random.shuffle(playbooks)
    assert offers(Library(playbooks), VIEW, anomaly, is_fleet_wide=is_fleet_wide) == found
    assert len({offer.id for offer in found}) == len(found)


@settings(max_examples=200)
@given(heads, anomalies, st.booleans())
def test_a_playbook_more_or_less_never_changes_the_order_of_the_others(
    written: dict[str, list[Match]], anomaly: Anomaly, is_fleet_wide: bool
) -> None:
    playbooks = playbooks_of(written)
    whole = [offer.id for offer in offers(Library(playbooks), VIEW, anomaly, is_fleet_wide=is_fleet_wide)]
    for left_out in playbooks:
        rest = Library([playbook for playbook in playbooks if playbook is not left_out])
        without = [offer.id for offer in offers(rest, VIEW, anomaly, is_fleet_wide=is_fleet_wide)]
        assert without == [playbook_id for playbook_id in whole if playbook_id != left_out.id]


@settings(max_examples=200)
@given(heads, anomalies)
def test_ties_are_mutual_and_stand_together(written: dict[str, list[Match]], anomaly: Anomaly) -> None:
    found = offers(Library(playbooks_of(written)), VIEW, anomaly)
    ties = {offer.id: set(offer.ties) | {offer.id} for offer in found}
    for offer in found:
        assert all(ties[other] == ties[offer.id] for other in offer.ties)
    groups = [frozenset(ties[offer.id]) for offer in found]
    assert len(dict.fromkeys(groups)) == sum(
        1 for index, group in enumerate(groups) if index == 0 or groups[index - 1] != group
    )

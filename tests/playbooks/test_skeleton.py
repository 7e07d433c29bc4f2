"""Playbooks to begin from: sound, and with cases that hold, for every kind of anomaly."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.anomaly import AnomalyKind
from console.playbooks.cases.load import run_text
from console.playbooks.load import load_text
from console.playbooks.skeleton import Wanted, skeleton, skeleton_cases

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize("kind", list(AnomalyKind))
@pytest.mark.parametrize("serving", ["", "vllm"])
def test_a_skeleton_is_sound_and_its_cases_hold(kind: AnomalyKind, serving: str) -> None:
    wanted = Wanted("mine", "Mend it", ("ml-serving", "ann@example.com"), kind, serving, TODAY)
    loaded = load_text(skeleton(wanted), "mine.yaml", TODAY)
    assert loaded.problems == ()
    assert loaded.playbook is not None
    assert loaded.playbook.match[0].serving == ((serving,) if serving else ())
    result = run_text(skeleton_cases(wanted), "mine.test.yaml", [loaded.playbook])
    assert result.problems == ()
    assert [case.differences for case in result.cases] == [(), (), ()]


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), min_size=1, max_size=40))
def test_any_title_comes_back_or_is_told(title: str) -> None:
    wanted = Wanted("mine", title, (title,), AnomalyKind.LATENCY, "", TODAY)
    loaded = load_text(skeleton(wanted), "mine.yaml")
    assert loaded.playbook is not None or loaded.problems
    if loaded.playbook is not None:
        assert (loaded.playbook.metadata.title, loaded.playbook.metadata.owners) == (title, (title,))

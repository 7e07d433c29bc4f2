"""What `limits` and `approvals` of a playbook ask for, for a model as it is now."""

import msgspec
import pytest

from console.domain.anomaly import Anomaly, AnomalyKind, Incident, Severity, Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.snapshot import ModelView
from console.journal.terms import NO_TERMS
from console.playbooks.document import Approvals, ApprovalsWhen, Limits, MaxRuns, Playbook
from console.playbooks.library import Library
from console.playbooks.terms import terms_of

SCALE_OUT = Library.load().find("scale-out")


def playbook(**parts: object) -> Playbook:
    assert SCALE_OUT is not None
    return msgspec.structs.replace(SCALE_OUT, **parts)


def view(severity: Severity | None, **labels: str) -> ModelView:
    anomaly = Anomaly("fraud/errors", AnomalyKind.ERRORS, "errors", severity or Severity.WARNING, 1.0, "errors")
    incident = Incident("fraud@x", 1.0, (anomaly,)) if severity is not None else None
    return ModelView(Model("fraud", Label("fraud"), labels), Status.CRITICAL, {}, incident=incident)


def test_a_playbook_that_says_nothing_asks_nothing() -> None:
    terms = terms_of(playbook(limits=Limits(), approvals=None), view(Severity.CRITICAL))
    assert msgspec.structs.replace(terms, approvals_last=NO_TERMS.approvals_last) == NO_TERMS


def test_durations_are_seconds() -> None:
    limits = Limits(cooldown="10m", max_runs=MaxRuns(3, "1h"))
    terms = terms_of(playbook(limits=limits, approvals=Approvals(count=2, expires="15m")), view(None))
    assert (terms.cooldown, terms.most_actions, terms.within) == (600.0, 3, 3600.0)
    assert (terms.approvals, terms.approvals_last, terms.sender_counts) == (2, 900.0, False)


@pytest.mark.parametrize(
    ("when", "seen", "asked"),
    [
        (ApprovalsWhen(), view(None), True),
        (ApprovalsWhen(min_severity=Severity.CRITICAL), view(Severity.WARNING), False),
        (ApprovalsWhen(min_severity=Severity.CRITICAL), view(Severity.CRITICAL), True),
        (
            ApprovalsWhen(min_severity=Severity.CRITICAL),
            msgspec.structs.replace(view(None), status=Status.UNKNOWN),
            True,
        ),
        (ApprovalsWhen(labels={"tier": ("reg*", "core")}), view(None, tier="regulated"), True),
        (ApprovalsWhen(labels={"tier": ("reg*",)}), view(None, tier="free"), False),
        (ApprovalsWhen(labels={"tier": ("*",)}), view(None), False),
        (ApprovalsWhen(labels={"tier": ("regulated",)}), None, True),
    ],
)
def test_approvals_are_asked_where_the_playbook_says_and_of_a_model_that_is_gone(
    when: ApprovalsWhen, seen: ModelView | None, asked: bool
) -> None:
    assert bool(terms_of(playbook(approvals=Approvals(when=when)), seen).approvals) is asked

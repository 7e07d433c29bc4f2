from hypothesis import given
from hypothesis import strategies as st

from console.actions.kubernetes.scale_outcome import outcome_by_reading
from console.domain.action import Outcome
from console.domain.moments import rfc3339
from console.sources.cluster.objects import ManagedFields, Metadata, Scalable, ScalableSpec
from console.transport.kubernetes import FIELD_MANAGER
from tests.journal.samples import scale_plan

SENT_AT = 1_763_781_600.0

replica_counts = st.sampled_from((0, 3, 4, 6, 9))
managers = st.sampled_from((None, FIELD_MANAGER, "kubectl", "incident-console-2"))
moments = st.sampled_from((SENT_AT - 60, SENT_AT, SENT_AT + 1))


@given(
    replicas=replica_counts,
    manager=managers,
    written_at=moments,
    uid=st.sampled_from(("uid-1", "another")),
    ended=st.booleans(),
)
def test_a_reading_says_no_more_than_it_proves(
    replicas: int, manager: str | None, written_at: float, uid: str, ended: bool
) -> None:
    """Applied and not applied are told exactly where nothing else can have been; everything else is unknown."""
    writers = (ManagedFields(manager, rfc3339(written_at), "scale"),) if manager else ()
    live = Scalable(Metadata("fraud", uid, managed_fields=writers), ScalableSpec(replicas))
    outcome, detail = outcome_by_reading(live, scale_plan(3, 6), SENT_AT, ended=ended)
    set_since = manager is not None and written_at >= SENT_AT
    applied = uid == "uid-1" and replicas == 6 and manager == FIELD_MANAGER
    not_applied = uid == "uid-1" and replicas == 3 and ended and not set_since
    expected = Outcome.APPLIED if applied else Outcome.NOT_APPLIED if not_applied else Outcome.UNKNOWN
    assert (outcome, bool(detail)) == (expected, True)

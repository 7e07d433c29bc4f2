"""Which kept version a way back leads to: the newest that was not left and is not known to have missed its objectives.

What metrics do not tell of a version is not held against it, nor is it praised for that: the plan says so.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from console.actions.kubernetes.pod_template import same_version, version_names
from console.actions.provider import ActionRefused
from console.detect.version_records import version_records
from console.domain.served import KeptVersion, ServedPast, Span, Verdict, VersionRecord

_MOST_TOLD = 4


class KeptRevision(Protocol):
    """One pod template that a controller keeps."""

    @property
    def number(self) -> int:
        """Return the number of its revision, which no other has."""
        ...

    @property
    def template(self) -> dict[str, Any]:
        """Return the pod template."""
        ...

    @property
    def shown(self) -> str:
        """Return it as it is told: `v41 (revision 3)`."""
        ...


AnyRevision = TypeVar("AnyRevision", bound=KeptRevision)


class Known(msgspec.Struct, Generic[AnyRevision], frozen=True):
    """A revision that is kept, and what is known of its version; None where nobody asked."""

    revision: AnyRevision
    record: VersionRecord | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """Return what a person must know of it before the key."""
        return () if self.record is None else (f"{self.revision.shown} {self.record.text}",)


class WayBack(msgspec.Struct, Generic[AnyRevision], frozen=True):
    """The revision to go back to, and what a person must know of it and of those that were passed over."""

    revision: AnyRevision
    notes: tuple[str, ...] = ()


def with_records(
    revisions: Sequence[AnyRevision], past: ServedPast | None, alone: Mapping[int, tuple[Span, ...]]
) -> tuple[Known[AnyRevision], ...]:
    """Return kept revisions with what is known of their versions; all revisions of one version have the same record.

    Args:
        revisions: all that are kept, that of now included.
        past: how the versions served, None where nobody asked.
        alone: when each revision, by its number, was the only one asked for, as far as that is known.
    """
    if past is None:
        return tuple(Known(each) for each in revisions)
    versions: list[list[AnyRevision]] = []
    for revision in revisions:
        of_it = next((each for each in versions if same_version(each[0].template, revision.template)), None)
        if of_it is None:
            versions.append([revision])
        else:
            of_it.append(revision)
    kept = [
        KeptVersion(
            version_names(of_it[0].template), tuple(span for each in of_it for span in alone.get(each.number, ()))
        )
        for of_it in versions
    ]
    records = version_records(kept, past)
    by_number = {each.number: record for of_it, record in zip(versions, records, strict=True) for each in of_it}
    return tuple(Known(each, by_number[each.number]) for each in revisions)


def newest_good(others: Sequence[Known[AnyRevision]], left: Sequence[Any]) -> WayBack[AnyRevision] | None:
    """Return the first of the revisions that run another version whose version may be gone back to by itself.

    Args:
        others: the revisions that run another version than the one of now, newest first.
        left: the pod templates that were left because they were bad.

    Returns:
        None where there are no others.

    Raises:
        ActionRefused: there are some, and none may be: a person must say which one is meant.
    """
    passed: list[str] = []
    seen: list[Any] = []
    for known in others:
        template = known.revision.template
        if any(same_version(template, each) for each in seen):
            continue
        seen.append(template)
        if any(same_version(template, each) for each in left):
            passed.append(f"{known.revision.shown} was left before")
        elif known.record is not None and known.record.verdict is Verdict.MISSED:
            passed.append(f"{known.revision.shown} {known.record.text}")
        else:
            return WayBack(known.revision, (*known.told, *(f"passed over: {reason}" for reason in passed)))
    if passed:
        raise ActionRefused(
            f"no other version that is kept is gone back to by itself: {'; '.join(passed[:_MOST_TOLD])}; "
            "say which revision is meant"
        )
    return None


def named_way_back(chosen: Known[AnyRevision]) -> WayBack[AnyRevision]:
    """Return the way to a revision that a person named: one that missed its objectives is told first."""
    return WayBack(chosen.revision, chosen.told)

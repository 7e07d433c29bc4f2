"""Which kept version a way back leads to: the newest that was not left and is not known to have missed its objectives.

What metrics do not tell of a version is not held against it, nor is it praised for that: the plan says so.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from console.actions.kubernetes.pod_template import same_version, version_names, version_of
from console.actions.provider import ActionRefused
from console.actions.specification import Argument
from console.detect.version_records import version_records
from console.domain.label import harmless
from console.domain.served import KeptVersion, ServedPast, Span, Verdict, VersionRecord

REVISION = Argument(
    name="revision",
    meaning="the revision to go back to; left out, the newest other version not known to be bad",
    kind="integer",
    required=False,
    least=1,
)
"""What a way back asks for where a controller numbers its revisions."""
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
    def made_at(self) -> float | None:
        """Return when the template was made (UTC seconds), None where that is not known."""
        ...

    @property
    def shown(self) -> str:
        """Return it as it is told: `v41 (revision 3)`."""
        ...


AnyRevision = TypeVar("AnyRevision", bound=KeptRevision)
T = TypeVar("T")


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
    """Return kept revisions with what is known of their versions.

    Args:
        revisions: all that are kept, that of now included.
        past: how the versions served, None where nobody asked.
        alone: when each revision, by its number, was the only one asked for, as far as that is known.
    """
    if past is None:
        return tuple(Known(each) for each in revisions)
    kept = [KeptVersion(version_names(each.template), alone.get(each.number, ())) for each in revisions]
    templates = [each.template for each in revisions]
    return tuple(Known(*each) for each in zip(revisions, records_of(templates, kept, same_version, past), strict=True))


def records_of(
    templates: Sequence[T], kept: Sequence[KeptVersion], is_same: Callable[[T, T], bool], past: ServedPast
) -> tuple[VersionRecord, ...]:
    """Return what is known of the version of each template; templates of one version have one record.

    Args:
        templates: all that are kept, that of now included.
        kept: what metrics may call each of them, and when it served alone.
        is_same: whether two of them run the same version.
        past: how the versions served.
    """
    firsts = [next(place for place, each in enumerate(templates) if is_same(each, template)) for template in templates]
    spans: dict[int, list[Span]] = {first: [] for first in firsts}
    for first, each in zip(firsts, kept, strict=True):
        spans[first] += each.alone
    versions = {first: msgspec.structs.replace(kept[first], alone=tuple(times)) for first, times in spans.items()}
    records = dict(zip(versions, version_records(tuple(versions.values()), past), strict=True))
    return tuple(records[first] for first in firsts)


def newest_good(kept: Sequence[Known[AnyRevision]], now: Any, left: Sequence[Any]) -> WayBack[AnyRevision] | None:
    """Return the first of the revisions that run another version whose version may be gone back to by itself.

    A version that was left before may not: twice "back" would end at the bad one again. Left is also one that came
    after that of now, to which somebody went back then. Nor may one that is known to have missed its objectives.

    Args:
        kept: the revisions that are kept, newest first.
        now: the pod template that is asked for.
        left: the pod templates that were left because they were bad.

    Returns:
        None where none runs another version.

    Raises:
        ActionRefused: some do, and none may be gone back to: a person must say which one is meant.
    """
    same = [each.revision for each in kept if same_version(each.revision.template, now)]
    others = [each for each in kept if not same_version(each.revision.template, now)]
    left = [*left, *(each.revision.template for each in others if _came_after(each.revision, same))]
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
            return WayBack(known.revision, (*known.told, *told_passed(passed)))
    if passed:
        raise ActionRefused(
            f"none of the other versions is chosen without you: {'; '.join(passed[:_MOST_TOLD])}; "
            "say which revision is meant"
        )
    return None


def offered(kept: Sequence[KeptRevision]) -> dict[str, str]:
    """Return the numbers of the revisions that run another version than the newest, newest first, with their versions.

    A person may name any of them, one that was left or that missed its objectives too.
    """
    others = (each for each in kept if not same_version(each.template, kept[0].template))
    return {str(each.number): harmless(version_of(each.template)) for each in others}


def _came_after(other: KeptRevision, same: Sequence[KeptRevision]) -> bool:
    """Tell whether a revision was made after the version of now; a template that comes back keeps its time."""
    made = other.made_at
    return made is not None and any(each.made_at is not None and each.made_at < made for each in same)


def told_passed(passed: Sequence[str]) -> tuple[str, ...]:
    """Return the first of the versions that were passed over, a line each, and how many more there are."""
    more = (f"passed over: {len(passed) - _MOST_TOLD} more",) if len(passed) > _MOST_TOLD else ()
    return (*(f"passed over: {reason}" for reason in passed[:_MOST_TOLD]), *more)


def named_way_back(chosen: Known[AnyRevision]) -> WayBack[AnyRevision]:
    """Return the way to a revision that a person named: one that missed its objectives is told first."""
    return WayBack(chosen.revision, chosen.told)

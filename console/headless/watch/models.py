"""What is new about a model: its status, its worst anomaly, the playbook that fits, its versions."""

from collections.abc import Iterator

import msgspec

from console.domain.anomaly import Anomaly, Status
from console.domain.change import ChangeKind
from console.domain.label import harmless
from console.domain.moments import in_words
from console.domain.signal import FROM_PREDICTIONS, State
from console.domain.snapshot import ModelView, Snapshot
from console.headless.summary.words import LONGEST_TEXT, best_playbook, model_in_words
from console.headless.watch.news import Event, Key, News

_OF_A_SOURCE = frozenset({State.SOURCE_DOWN, State.ERROR})
_REASONS = frozenset({State.STALE, State.NO_DATA, *_OF_A_SOURCE})
"""States of readings for which a model is unknown."""
_FROM_PREDICTIONS = frozenset(signal.name for signal in FROM_PREDICTIONS)


class KnownModel(msgspec.Struct, frozen=True):
    """What was last known of a model while its sources answered; `onset` is that of its incident (UTC seconds).

    `status` is None of a model that a source has hidden from the first moment on.
    """

    status: Status | None
    onset: float | None = None
    anomaly: str | None = None
    playbook: str | None = None
    versions: frozenset[str] = frozenset()
    of_predictions: frozenset[str] = frozenset()
    """Ids of the anomalies that the log of predictions tells, the worst of the model or not."""


def know_models(before: dict[str, KnownModel], snapshot: Snapshot) -> dict[str, KnownModel]:
    """Return what is known of every model; of one that a source hides, what was known before."""
    known = {}
    for view in snapshot.models:
        model_id = view.model.id
        hidden = is_hidden(view, snapshot)
        known[model_id] = before.get(model_id, KnownModel(None)) if hidden else _know(view)
    return known


def is_hidden(view: ModelView, snapshot: Snapshot) -> bool:
    """Return whether a model is unknown for no other reason than a source, which has a line of its own."""
    if view.status is not Status.UNKNOWN or view.standing:
        return False
    reasons = {reading.state for reading in view.readings.values()} & _REASONS
    return bool(reasons) and reasons <= _OF_A_SOURCE and not all(source.is_complete for source in snapshot.sources)


def model_news(before: dict[str, KnownModel], snapshot: Snapshot) -> Iterator[News]:
    """Yield what is new about each model, worst first."""
    for view in snapshot.models:
        if is_hidden(view, snapshot):
            continue
        known = before.get(view.model.id)
        if known is None:
            text = f"new in the fleet; {model_in_words(view, snapshot.at)}"
            yield describe_model(view, snapshot.at, Event.APPEARED, text)
        elif known.status is not None:
            yield from _difference(known.status, known, view, snapshot.at)
            yield from _new_versions(known, view, snapshot.at)
        elif view.status is not Status.OK:
            yield describe_model(view, snapshot.at, Event.STATUS)
    present = {view.model.id for view in snapshot.models}
    for model_id in before:
        if model_id not in present:
            text = "not in the fleet any more"
            yield News(key=model_key(model_id), event=Event.GONE, at=snapshot.at, model=model_id, text=text)


def describe_model(
    view: ModelView, at: float, event: Event, text: str | None = None, was: Status | None = None
) -> News:
    """Return a line that says how a model is, in given words or in those of `summary`."""
    worst = next(iter(view.standing), None)
    return News(
        key=model_key(view.model.id),
        event=event,
        at=at,
        model=view.model.id,
        status=view.status,
        was=was,
        since=worst.onset if worst else _last_seen(view),
        since_is_earlier=worst is not None and worst.onset_is_earlier,
        progress=view.anomalies[0].progress if view.anomalies else None,
        playbook=best_playbook(view),
        text=model_in_words(view, at) if text is None else text,
    )


def describe_versions(view: ModelView, at: float) -> News:
    """Return a line that says which versions of a model serve now."""
    shown = ", ".join(harmless(version) for version in view.versions) or "none that is named"
    return News(
        key=version_key(view.model.id), event=Event.VERSION, at=at, model=view.model.id, text=f"version {shown}"
    )


def model_key(model_id: str) -> Key:
    """Return what lines about a model's health have in common."""
    return ("model", model_id)


def version_key(model_id: str) -> Key:
    """Return what lines about a model's versions have in common."""
    return ("version", model_id)


def _difference(status: Status, known: KnownModel, view: ModelView, at: float) -> Iterator[News]:
    """Yield at most one line: the most important difference of a model's health."""
    now = _know(view)
    if now.status is not status:
        lasted = f" for {in_words(max(0.0, at - known.onset))}" if known.onset is not None and now.onset is None else ""
        text = f"was {status.value}{lasted}; {model_in_words(view, at)}"
        yield describe_model(view, at, Event.STATUS, text, was=status)
    elif now.anomaly != known.anomaly and now.anomaly is not None:
        yield describe_model(view, at, Event.ANOMALY, f"now worst: {model_in_words(view, at)}")
    elif now.playbook != known.playbook:
        if known.playbook is None:
            what = "a playbook fits now"
        else:
            what = f"first playbook was {known.playbook}" if now.playbook else f"{known.playbook} fits no longer"
        yield describe_model(view, at, Event.PLAYBOOK, f"{what}; {model_in_words(view, at)}")
    elif beside := [each for each in _of_predictions(view) if each.id not in known.of_predictions]:
        yield describe_model(view, at, Event.ANOMALY, f"beside its worst: {harmless(beside[0].summary, LONGEST_TEXT)}")


def _of_predictions(view: ModelView) -> tuple[Anomaly, ...]:
    return tuple(each for each in view.standing if each.signal in _FROM_PREDICTIONS)


def _new_versions(known: KnownModel, view: ModelView, at: float) -> Iterator[News]:
    for version in view.versions:
        if version in known.versions:
            continue
        since = max((c.at for c in view.changes if c.kind is ChangeKind.VERSION and c.detail == version), default=None)
        age = f", for {in_words(max(0.0, at - since))}" if since is not None else ""
        yield News(
            key=version_key(view.model.id),
            event=Event.VERSION,
            at=at,
            model=view.model.id,
            since=since,
            version=version,
            text=f"version {harmless(version)}{age}",
        )


def _know(view: ModelView) -> KnownModel:
    told = view.standing
    return KnownModel(
        status=view.status,
        onset=view.incident.onset if view.incident and told else None,
        anomaly=told[0].id if told else None,
        playbook=best_playbook(view),
        versions=frozenset(view.versions),
        of_predictions=frozenset(anomaly.id for anomaly in _of_predictions(view)),
    )


def _last_seen(view: ModelView) -> float | None:
    """Return when a model without an anomaly was last well known, where it is unknown."""
    if view.status is not Status.UNKNOWN:
        return None
    return max((reading.seen for reading in view.readings.values() if reading.seen is not None), default=None)

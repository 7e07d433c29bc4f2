"""A served model and the cluster object that serves it."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from console.domain.label import Label, harmless


class Model(msgspec.Struct, frozen=True):
    """One served model; `id` is unique in the fleet: the name, and the labels that tell namesakes apart."""

    id: str
    name: Label
    labels: dict[str, str] = {}
    """Identity labels other than the name (such as `namespace`), raw."""

    @property
    def shown_id(self) -> str:
        """Return the id with everything made harmless that could steer a terminal."""
        return harmless(self.id)

    @property
    def namespace(self) -> str | None:
        """Return the namespace that the metrics name, None where they name none."""
        return self.labels.get("namespace") or None

    @property
    def cluster(self) -> str | None:
        """Return the cluster that the metrics name, None where they name none."""
        return self.labels.get("cluster") or None


def identify(found: Iterable[tuple[str, Mapping[str, str]]]) -> tuple[Model, ...]:
    """Return the models of (name, identity labels) pairs, each with an id that is unique among them.

    A name that only one model bears is its id; namesakes get the values of their labels in front: `ml/fraud`. Ids that
    are still alike (a name may hold slashes) are spelled as JSON of name and labels.
    """
    distinct = {(name, tuple(sorted((key, value) for key, value in labels.items() if value))) for name, labels in found}
    bearers = Counter(name for name, _ in distinct)
    ids = {
        (name, labels): name if bearers[name] == 1 else "/".join((*(value for _, value in labels), name))
        for name, labels in distinct
    }
    alike = {model_id for model_id, count in Counter(ids.values()).items() if count > 1}
    for (name, labels), model_id in ids.items():
        if model_id in alike:
            ids[name, labels] = msgspec.json.encode([name, dict(labels)]).decode()
    models = (Model(model_id, Label(name), dict(labels)) for (name, labels), model_id in ids.items())
    return tuple(sorted(models, key=lambda model: model.id))


class Target(msgspec.Struct, frozen=True):
    """What an action changes, pinned by its uid.

    `context` is the exact place in which it is: a context of a kubeconfig, or the name of a server or of a channel.
    """

    context: str
    namespace: str
    kind: str
    name: str
    uid: str

    @property
    def path(self) -> str:
        """Return the name below its namespace, where it is in one, raw: `ml/fraud`."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class Owner(msgspec.Struct, frozen=True):
    """The object at the top of the owners of a workload: its controller undoes what is changed below it."""

    api_version: str
    kind: str
    name: str
    uid: str

    @property
    def group(self) -> str:
        """Return the group of its API, empty for the core group."""
        return self.api_version.rpartition("/")[0]


class Workload(Target, frozen=True):
    """The cluster object that serves a model."""

    replicas: int
    """Replicas asked for (`spec.replicas`)."""
    ready: int
    autoscaler: str | None = None
    """Name of the HorizontalPodAutoscaler that owns the replica count."""
    shared_by: tuple[str, ...] = ()
    """Ids of the models that it serves, where there are several, raw."""
    owner: Owner | None = None
    """The top-most object that controls it, as far as it could be read; None where nothing does."""
    owners_unread: str | None = None
    """Why it is not known what may be above `owner`, None where nothing is."""

    @property
    def target(self) -> Target:
        """Return the workload as what an action changes."""
        return Target(self.context, self.namespace, self.kind, self.name, self.uid)


class WorkloadFinding(msgspec.Struct, frozen=True):
    """The workload of a model, or the reason in words why none is known; without one there are no actions."""

    workload: Workload | None
    reason: str | None = None

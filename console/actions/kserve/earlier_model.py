"""The model block that an InferenceService held before, read back from pod templates that KServe made of it.

The object keeps no history. The ReplicaSets of its Deployment (Standard mode) and its Revisions (Knative mode) do:
KServe writes the storage URI into an annotation of the template, and image, arguments and variables into its container.
A field is taken back only where the template of today shows exactly what the InferenceService holds today, so that
nothing is guessed; whatever else differs is named.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from console.actions.kserve.inference_service import PREDICTOR, InferenceService
from console.actions.kubernetes.pod_template import VERSION_LABELS
from console.actions.kubernetes.way_back import records_of, told_passed
from console.actions.provider import ActionRefused
from console.domain.label import harmless
from console.domain.served import KeptVersion, ServedPast, Span, Verdict, VersionRecord
from console.sources.cluster.fields import pointer_of, same_value, segments_of
from console.sources.cluster.objects import decode_object

SOURCE_URI = "internal.serving.kserve.io/storage-initializer-sourceuri"
_STORAGE_KEYS = ("internal.serving.kserve.io/storage-spec-key", "internal.serving.kserve.io/storage-spec-param")
_CONTAINER = "kserve-container"
_MOST_TOLD = 4
_NOTHING: tuple[str, ...] = ()
_FRAMEWORKS = (
    "model",
    "sklearn",
    "xgboost",
    "tensorflow",
    "pytorch",
    "triton",
    "onnx",
    "huggingface",
    "pmml",
    "lightgbm",
    "paddle",
    "catboost",
    "openvino",
)
"""The forms of a predictor in which a serving runtime loads a model; `containers` is the form without one."""


class Template(msgspec.Struct, frozen=True):
    """A pod template that KServe made: where it was read, and its parts in the form of the API.

    `revision` is what a person calls it: the number of the Deployment's revision, or the name of Knative's. `alone` is
    when it was the only one asked for, as far as that is known.
    """

    told: str
    """Where it stands: `revision 3 (ReplicaSet fraud-predictor-5d9c)`."""
    labels: dict[str, str]
    annotations: dict[str, str]
    containers: list[dict[str, Any]]
    revision: str = ""
    alone: tuple[Span, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return what metrics may call its version, raw: its labels, Knative's revision, where the model was stored."""
        labels = (self.labels.get(name) for name in VERSION_LABELS)
        knative = self.revision if not self.revision.isdecimal() else ""
        stored = self.annotations.get(SOURCE_URI, "").rstrip("/").rpartition("/")[2]
        return tuple(dict.fromkeys(filter(None, (knative, *labels, stored))))

    @property
    def container(self) -> dict[str, Any]:
        """Return the container that serves the model, empty where there is none."""
        named = (container for container in self.containers if container.get("name") == _CONTAINER)
        return next(named, self.containers[0] if self.containers else {})


class EarlierModel(msgspec.Struct, frozen=True):
    """Fields (JSON pointers) with the values that they had, where that was read, and what else differed there.

    `served` tells how the model served, and which others were passed over for that.
    """

    settings: dict[str, Any]
    told: str
    beside: tuple[str, ...]
    served: tuple[str, ...] = ()


def earlier_model(
    service: InferenceService,
    now: Template,
    before: Iterable[Template],
    past: ServedPast,
    revision: str | None = None,
) -> EarlierModel:
    """Return the newest model that is earlier than the one of now and not known to have missed its objectives.

    What lies between two templates of the same model is not earlier but later: it was taken back once already, and
    would be put on again.

    Args:
        service: the InferenceService.
        now: the template that was made of it as it is.
        before: the templates that were made before it, newest first.
        past: how the versions of the model served.
        revision: the revision whose model is meant, None for the one that fits.

    Raises:
        ActionRefused: none is known, or none that can be written back.
    """
    predictor = decode_object(service.live.at(PREDICTOR), dict[str, Any])
    templates = tuple(before)
    found = [dict(_settings(predictor, now, template)) for template in templates]
    records = records_of_models(now, templates, past)
    if revision is not None:
        place, passed = _named(revision, templates, found), _NOTHING
    else:
        oldest_same = max((place for place, settings in enumerate(found) if not settings), default=-1)
        if oldest_same + 1 == len(templates):
            raise ActionRefused(_why_none(service, now, templates, any(found)))
        place, passed = _newest_good(templates, records, oldest_same + 1)
    template, settings, record = templates[place], found[place], records[place]
    served = (f"{template.told} {record.text}", *passed)
    return EarlierModel(settings, template.told, tuple(_beside(now, template, settings)), served)


def records_of_models(now: Template, before: Sequence[Template], past: ServedPast) -> tuple[VersionRecord, ...]:
    """Return what is known of the model of each older template."""
    templates = (now, *before)
    return records_of(templates, [KeptVersion(each.names, each.alone) for each in templates], is_same_model, past)[1:]


def _named(revision: str, templates: Sequence[Template], found: Sequence[dict[str, Any]]) -> int:
    for place, template in enumerate(templates):
        if template.revision == revision:
            if not found[place]:
                raise ActionRefused(f"{template.told} holds the model of now, or nothing that can be written back")
            return place
    kept = ", ".join(harmless(each.revision) for each in reversed(templates)) or "none"
    raise ActionRefused(f"revision {harmless(revision)} is not kept; kept from before are {kept}")


def _newest_good(
    templates: Sequence[Template], records: Sequence[VersionRecord], first: int
) -> tuple[int, tuple[str, ...]]:
    """Return the place of the first template from a place on that did not miss its objectives, and what did before."""
    passed: list[str] = []
    for place in range(first, len(templates)):
        record = records[place]
        if record.verdict is not Verdict.MISSED:
            return place, told_passed(passed)
        passed.append(f"{templates[place].told} {record.text}")
    told = "; ".join(passed[:_MOST_TOLD])
    raise ActionRefused(f"no earlier model is chosen without you: {told}; say which revision is meant")


def is_same_model(one: Template, other: Template) -> bool:
    """Tell whether two templates serve the same model in the same way."""
    fields = ("image", "command", "args", "env")
    has_same_source = one.annotations.get(SOURCE_URI) == other.annotations.get(SOURCE_URI)
    return has_same_source and all(same_value(one.container.get(field), other.container.get(field)) for field in fields)


def shows(template: Template, pointer: str, value: Any) -> bool:
    """Tell whether a template shows the value of a field of the model block (JSON pointer)."""
    *place, field = segments_of(pointer)
    match place[-2:], field:
        case _, "storageUri":
            return same_value(template.annotations.get(SOURCE_URI), value)
        case (_, "storage"), "path":
            return template.annotations.get(SOURCE_URI, "").endswith(str(value))
        case _, "runtimeVersion":
            return str(template.container.get("image", "")).endswith(f":{value}")
        case ("env", _), "value":
            return any(variable.get("value") == value for variable in template.container.get("env") or ())
        case (_, "labels"), key:
            return same_value(template.labels.get(key), value)
    return same_value(template.container.get(field), value)


def _why_none(service: InferenceService, now: Template, templates: Sequence[Template], later: bool) -> str:
    remedy = "apply its earlier manifest"
    if not templates:
        return f"no earlier model of {service.shown} is left in the cluster, and it keeps no history itself: {remedy}"
    oldest = templates[-1]
    if later:
        return f"{service.shown} serves the model of {oldest.told}, the oldest that is left in the cluster: {remedy}"
    differs = ", ".join(_beside(now, oldest, {}))
    told = f"; the oldest, {oldest.told}, differs in {differs}" if differs else ""
    return f"nothing that KServe made of {service.shown} holds another model that can be written back{told}: {remedy}"


def _settings(predictor: dict[str, Any], now: Template, before: Template) -> Iterator[tuple[str, Any]]:
    for form in _FRAMEWORKS:
        block = predictor.get(form)
        if isinstance(block, dict):
            place = f"{PREDICTOR}/{form}"
            yield from _storage(place, block, now, before)
            yield from _runtime_version(place, block, now, before)
            yield from _container(place, block, now, before)
    for index, block in enumerate(predictor.get("containers") or ()):
        if block.get("name") in (None, _CONTAINER) or len(predictor["containers"]) == 1:
            yield from _container(f"{PREDICTOR}/containers/{index}", block, now, before)
            break
    yield from _labels(predictor, now, before)


def _storage(place: str, block: dict[str, Any], now: Template, before: Template) -> Iterator[tuple[str, Any]]:
    present, earlier = now.annotations.get(SOURCE_URI), before.annotations.get(SOURCE_URI)
    if not present or not earlier or present == earlier:
        return
    if block.get("storageUri") == present:
        yield f"{place}/storageUri", earlier
        return
    path = (block.get("storage") or {}).get("path")
    if not path or not present.endswith(path):
        return
    root = present.removesuffix(path)
    same_store = all(now.annotations.get(key) == before.annotations.get(key) for key in _STORAGE_KEYS)
    if same_store and earlier.startswith(root):
        yield f"{place}/storage/path", earlier.removeprefix(root)


def _runtime_version(place: str, block: dict[str, Any], now: Template, before: Template) -> Iterator[tuple[str, Any]]:
    """Yield the version of the runtime, which KServe writes into the tag of the image."""
    version = block.get("runtimeVersion")
    repository, _, tag = str(now.container.get("image", "")).rpartition(":")
    earlier_repository, _, earlier_tag = str(before.container.get("image", "")).rpartition(":")
    if version and tag == version and repository == earlier_repository and earlier_tag != tag:
        yield f"{place}/runtimeVersion", earlier_tag


def _container(place: str, block: dict[str, Any], now: Template, before: Template) -> Iterator[tuple[str, Any]]:
    for field in ("image", "command", "args"):
        present, earlier = now.container.get(field), before.container.get(field)
        if present != earlier and earlier is not None and field in block and block[field] == present:
            yield f"{place}/{field}", earlier
    for index, variable in enumerate(block.get("env") or ()):
        name = variable.get("name")
        present, earlier = _variable(now, name), _variable(before, name)
        is_known = present is not None and earlier is not None  # a value that comes from elsewhere is not written
        if is_known and present != earlier and variable.get("value") == present:
            yield f"{place}/env/{index}/value", earlier


def _labels(predictor: dict[str, Any], now: Template, before: Template) -> Iterator[tuple[str, Any]]:
    """Yield labels of the predictor's pods: one that names the version would lie about the earlier model."""
    for key, value in (predictor.get("labels") or {}).items():
        earlier = before.labels.get(key)
        if now.labels.get(key) == value and earlier is not None and earlier != value:
            yield f"{PREDICTOR}/labels{pointer_of(key)}", earlier


def _variable(template: Template, name: str | None) -> str | None:
    for variable in template.container.get("env") or ():
        if variable.get("name") == name:
            value = variable.get("value")
            return value if isinstance(value, str) else None
    return None


def _beside(now: Template, before: Template, settings: dict[str, Any]) -> Iterator[str]:
    """Yield the names of what differs between two templates and is not taken back."""
    taken = " ".join(settings)
    if now.annotations.get(SOURCE_URI) != before.annotations.get(SOURCE_URI) and "/storage" not in taken:
        yield "storage URI"
    for field in sorted({*now.container, *before.container}):
        covered = f"/{field}" in taken or (field == "image" and "/runtimeVersion" in taken)
        if now.container.get(field) != before.container.get(field) and not covered:
            yield harmless(field)

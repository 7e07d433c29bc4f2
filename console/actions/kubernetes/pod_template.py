"""Which version of a model a pod template runs, and whether two of them run the same."""

from typing import Any

import msgspec

from console.sources.cluster.objects import decode_object

VERSION_LABELS = ("version", "app.kubernetes.io/version")
"""Labels of pods that say which version they run, the one that counts first."""


class _Metadata(msgspec.Struct, frozen=True):
    labels: dict[str, str] | None = None


class _Container(msgspec.Struct, frozen=True, rename="camel"):
    """What makes a container run one model and not another."""

    image: str = ""
    command: Any = None
    args: Any = None
    env: Any = None
    env_from: Any = None
    volume_mounts: tuple[dict[str, Any], ...] | None = None

    @property
    def runs(self) -> tuple[Any, ...]:
        """Return it without mounts of whole volumes; a path in one may name the version: `models/v42`."""
        parts = tuple(mount for mount in self.volume_mounts or () if mount.keys() & {"subPath", "subPathExpr"})
        return self.image, self.command, self.args, self.env, self.env_from, parts


class _Spec(msgspec.Struct, frozen=True, rename="camel"):
    containers: tuple[_Container, ...] = ()
    init_containers: tuple[_Container, ...] | None = None
    volumes: tuple[dict[str, Any], ...] | None = None

    @property
    def contents(self) -> tuple[dict[str, Any], ...]:
        """Return the volumes that bring something, such as a claim or an image with the weights of a model."""
        return tuple(volume for volume in self.volumes or () if "emptyDir" not in volume)


class _Template(msgspec.Struct, frozen=True):
    metadata: _Metadata = _Metadata()
    spec: _Spec = _Spec()

    @property
    def label(self) -> str | None:
        """Return what the labels say of the version."""
        labels = self.metadata.labels or {}
        return next((labels[name] for name in VERSION_LABELS if labels.get(name)), None)


def version_of(template: object) -> str:
    """Return the version of a pod template, raw: what its labels say, else the tags of its images.

    Raises:
        MalformedAnswer: it is no pod template.
    """
    read = decode_object(template, _Template)
    return read.label or _tags(read)


def told_apart(left: object, right: object) -> tuple[str, str]:
    """Return the versions of two pod templates, raw: by their images where labels were left as they were.

    `kubectl set image` changes no label. Where the images are alike too, the two are told alike.

    Raises:
        MalformedAnswer: one of them is no pod template.
    """
    versions = version_of(left), version_of(right)
    tags = _tags(decode_object(left, _Template)), _tags(decode_object(right, _Template))
    return tags if versions[0] == versions[1] and tags[0] != tags[1] else versions


def version_names(template: object) -> tuple[str, ...]:
    """Return what metrics may call the version of a pod template, raw, the likeliest first: labels, then image tags.

    Raises:
        MalformedAnswer: it is no pod template.
    """
    containers = decode_object(template, _Template).spec.containers
    return tuple(dict.fromkeys((version_of(template), *(_tag(container.image) for container in containers))))


def same_version(left: object, right: object) -> bool:
    """Tell whether two pod templates run the same version.

    Labels that name the version, images, commands, arguments, variables and volumes with something in them count; a
    restart, for one, changes an annotation alone.

    Raises:
        MalformedAnswer: one of them is no pod template.
    """
    first, second = decode_object(left, _Template), decode_object(right, _Template)
    return _runs(first) == _runs(second)


def _runs(template: _Template) -> tuple[Any, ...]:
    spec = template.spec
    containers = [container.runs for container in spec.containers]
    return template.label, containers, [each.runs for each in spec.init_containers or ()], spec.contents


def without_label(template: dict[str, Any], label: str) -> dict[str, Any]:
    """Return a copy of a pod template without a label, such as the hash that a controller puts in."""
    metadata = template.get("metadata") or {}
    kept = {key: value for key, value in (metadata.get("labels") or {}).items() if key != label}
    return {**template, "metadata": {**metadata, "labels": kept}}


def _tags(template: _Template) -> str:
    return ", ".join(_tag(container.image) for container in template.spec.containers) or "no image"


def _tag(image: str) -> str:
    """Return the tag of an image, its digest where it has none, or else its whole name."""
    name, at, digest = image.partition("@")
    _, colon, tag = name.rpartition(":")
    if colon and "/" not in tag:
        return tag
    return digest if at else image

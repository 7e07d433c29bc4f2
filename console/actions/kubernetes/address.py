"""Where an object is in the Kubernetes API, and back from the path of a request."""

from urllib.parse import unquote

import msgspec

from console.transport.kubernetes import object_path


class Address(msgspec.Struct, frozen=True):
    """The object, or the subresource of it, that an API path leads to; `namespace` is empty for cluster-wide kinds."""

    group_version: str
    plural: str
    namespace: str
    name: str
    subresource: str = ""

    @classmethod
    def of(cls, path: str) -> "Address":
        """Return the address in an API path.

        Raises:
            ValueError: it is the path of no object.
        """
        root, *parts = [unquote(part) for part in path.split("/")[1:]] or [""]
        depth = {"api": 1, "apis": 2}.get(root, 0)
        group_version, rest = "/".join(parts[:depth]), parts[depth:] if depth else []
        match rest:
            case ["namespaces", namespace, plural, name]:
                return cls(group_version, plural, namespace, name)
            case ["namespaces", namespace, plural, name, subresource]:
                return cls(group_version, plural, namespace, name, subresource)
            case [plural, name] if plural != "namespaces":
                return cls(group_version, plural, "", name)
        raise ValueError(f"{path!r} is not the path of an object")

    @property
    def path(self) -> str:
        """Return the API path."""
        return object_path(
            self.group_version, self.plural, namespace=self.namespace, name=self.name, subresource=self.subresource
        )

    @property
    def whole(self) -> "Address":
        """Return the address of the object itself."""
        return msgspec.structs.replace(self, subresource="")

    @property
    def group(self) -> str:
        """Return the API group, empty for the core group."""
        return self.group_version.rpartition("/")[0]

    @property
    def resource(self) -> str:
        """Return what rules of access call it: `deployments/scale`."""
        return f"{self.plural}/{self.subresource}" if self.subresource else self.plural

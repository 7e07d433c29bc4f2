"""The ConfigMaps that a pod template needs: one of an earlier version may be gone by the time it is gone back to."""

import asyncio
from collections.abc import Iterator
from typing import Any

from console.domain.label import harmless
from console.sources.cluster.resolve import is_name
from console.transport.kubernetes import Forbidden, KubernetesTransport, NotFound, object_path

_KEYS = frozenset({"configMap", "configMapRef", "configMapKeyRef"})
"""Where a pod template names a ConfigMap: in volumes, and in whole and single variables of containers."""


def needed_config_maps(template: Any) -> frozenset[str]:
    """Return the names of the ConfigMaps without which no pod of a template starts; optional ones are left out."""
    return frozenset(_named(template.get("spec") if isinstance(template, dict) else None))


async def gone_config_maps(
    transport: KubernetesTransport, namespace: str, now: Any, chosen: Any
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which ConfigMaps that only the chosen pod template needs are gone, and which may not be asked for.

    Those that the template of now needs too are not asked for: its pods run. Tools that write a hash of the content
    into the name delete the ConfigMap of the version before.

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    asked = sorted(name for name in needed_config_maps(chosen) - needed_config_maps(now) if is_name(name))
    found = await asyncio.gather(*(_is_there(transport, namespace, name) for name in asked))
    by_name = list(zip(asked, found, strict=True))
    return tuple(name for name, there in by_name if there is False), tuple(
        name for name, there in by_name if there is None
    )


def told_gone(version: str, gone: tuple[str, ...]) -> tuple[str, ...]:
    """Return that a version cannot start again without what is gone; nothing where nothing is."""
    if not gone:
        return ()
    named = ", ".join(f"ConfigMap {harmless(name)}" for name in gone)
    return (f"{version} needs {named}, which is not there any more: its pods would not start",)


def unread_config_maps(unread: tuple[str, ...]) -> tuple[str, ...]:
    """Return that nobody knows whether some ConfigMaps are still there; nothing where all are known."""
    if not unread:
        return ()
    named = ", ".join(f"ConfigMap {harmless(name)}" for name in unread)
    return (f"whether {named} is still there may not be asked (RBAC): without it new pods would not start",)


async def _is_there(transport: KubernetesTransport, namespace: str, name: str) -> bool | None:
    try:
        await transport.get(object_path("v1", "configmaps", namespace=namespace, name=name))
    except NotFound:
        return False
    except Forbidden:
        return None
    return True


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _named(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if (
                key in _KEYS
                and isinstance(item, dict)
                and isinstance(item.get("name"), str)
                and not item.get("optional")
            ):
                yield item["name"]
            yield from _named(item)

"""What a server has of what the presets want, asked slowly and told in full: for `config check`, not for a refresh."""

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from console.domain.label import harmless
from console.settings.nearest import nearest
from console.sources.prometheus.preset import SHIPPED_IN_ORDER, Preset
from console.transport.http import (
    BadRequest,
    Endpoint,
    NotJson,
    ServerFault,
    SourceError,
    TimedOut,
    TlsFailed,
    Unreachable,
    cause_in_words,
    is_refused_by_tls,
    tls_context,
)
from console.transport.http.handshake import refusal_after_handshake

if TYPE_CHECKING:
    from prometheus_api_client import PrometheusConnect


class Target(msgspec.Struct, frozen=True):
    """A scrape target that is down, and what Prometheus says of it; every text is harmless."""

    job: str
    instance: str
    error: str


class PresetInventory(msgspec.Struct, frozen=True):
    """What there is of one preset: `models` are raw label values, `exported` and `missing` names of series.

    `alike` are exported names by the missing ones that they are most like; only of a person's own presets, whose
    author may have mistyped them.
    """

    preset: str
    models: tuple[str, ...]
    exported: tuple[str, ...]
    missing: tuple[str, ...]
    alike: dict[str, str] = {}


class Inventory(msgspec.Struct, frozen=True):
    """What one server has: how many kinds of series, what of each preset, which scrape targets are down.

    `targets_up` is None for a server that scrapes nothing itself and knows of no targets (Thanos, Mimir).
    """

    endpoint: str
    series_names: int
    presets: tuple[PresetInventory, ...]
    targets_up: int | None
    targets_down: tuple[Target, ...]


class _ActiveTarget(msgspec.Struct):
    health: str
    labels: dict[str, str]
    lastError: str = ""  # noqa: N815  # the API's name


def take_inventory(endpoint: Endpoint, presets: Sequence[Preset], *, timeout_seconds: float = 10.0) -> Inventory:
    """Return what a server has; blocks for several requests, each no longer than the timeout.

    Raises:
        SourceError: a request failed.
    """
    import requests
    from prometheus_api_client.exceptions import PrometheusApiClientException

    connection = _connect(endpoint, timeout_seconds)
    with connection:
        try:
            return _take(connection, endpoint, presets)
        except (requests.exceptions.JSONDecodeError, RecursionError):
            raise NotJson(f"{endpoint.name} answered something that is not JSON") from None
        except requests.exceptions.Timeout:
            raise TimedOut(f"{endpoint.name} did not answer within {timeout_seconds:g} s") from None
        except requests.exceptions.InvalidURL:  # whose text may quote a part of the proxy's password
            raise Unreachable(f"{endpoint.name}: its URL, or that of the proxy in the environment, is none") from None
        except requests.exceptions.RequestException as error:
            raise _broken(endpoint, error) from None
        except PrometheusApiClientException as error:
            raise ServerFault(f"{endpoint.name}: {endpoint.redact(str(error))}") from None
        except (KeyError, TypeError, msgspec.ValidationError):
            raise NotJson(f"{endpoint.name} answered JSON that is not an answer of Prometheus") from None


def _broken(endpoint: Endpoint, error: Exception) -> SourceError:
    told = f"{endpoint.name}: {endpoint.redact(cause_in_words(error, endpoint.tls))}"
    if is_refused_by_tls(error):
        return TlsFailed(told)
    refusal = None
    if endpoint.encrypted:
        refusal = asyncio.run(refusal_after_handshake(endpoint, tls_context(endpoint)))
    return refusal or Unreachable(told)


def _connect(endpoint: Endpoint, timeout_seconds: float) -> "PrometheusConnect":
    """Return a client that tries once and waits no longer than told; by default it would try four times, for ever."""
    from prometheus_api_client import PrometheusConnect

    from console.sources.prometheus.session import TRIES_ONCE, EndpointSession

    session = EndpointSession(endpoint, time.time())
    connection = PrometheusConnect(url=endpoint.url, session=session, retry=TRIES_ONCE, timeout=timeout_seconds)
    session.verify_like_the_door()
    return connection


def _take(connection: "PrometheusConnect", endpoint: Endpoint, presets: Sequence[Preset]) -> Inventory:
    names = frozenset(msgspec.convert(connection.all_metrics(), list[str]))
    targets = _targets(connection)
    down = [target for target in targets or () if target.health == "down"]
    return Inventory(
        endpoint=endpoint.name,
        series_names=len(names),
        presets=tuple(_of_preset(connection, preset, names) for preset in presets),
        targets_up=None if targets is None else sum(target.health == "up" for target in targets),
        targets_down=tuple(_target(endpoint, target) for target in down),
    )


def _targets(connection: "PrometheusConnect") -> list[_ActiveTarget] | None:
    try:
        told = connection.get_targets(state="active")["activeTargets"]
    except (BadRequest, NotJson):  # the server answers, but not this
        return None
    return msgspec.convert(told, list[_ActiveTarget] | None)


def _of_preset(connection: "PrometheusConnect", preset: Preset, names: frozenset[str]) -> PresetInventory:
    wanted = preset.own_series_names()
    exported = tuple(name for name in wanted if name in names)
    models: set[str] = set()
    for label in preset.labels.model if exported else ():
        values = connection.get_label_values(label, params={"match[]": list(exported)})
        models.update(msgspec.convert(values, list[str]))
    missing = tuple(name for name in wanted if name not in names)
    alike = {} if preset.name in SHIPPED_IN_ORDER else _alike(missing, names.difference(exported))
    return PresetInventory(preset.name, tuple(sorted(models)), exported, missing, alike)


def _alike(missing: Sequence[str], names: frozenset[str]) -> dict[str, str]:
    """Return the nearest of the names that begin with the same word: to compare with every one would take seconds."""
    found = {}
    for name in missing:
        word = name.partition("_")[0]
        if alike := nearest(name, sorted(each for each in names if each.startswith(word))):
            found[name] = alike
    return found


def _target(endpoint: Endpoint, target: _ActiveTarget) -> Target:
    return Target(
        job=harmless(target.labels.get("job", "")),
        instance=harmless(target.labels.get("instance", "")),
        error=endpoint.redact(target.lastError),
    )

"""One `config.yaml`: every mistake in it as a line with its position."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from console.domain.label import harmless
from console.domain.signal import SIGNALS
from console.settings.bad_document import BadDocument, BadYaml
from console.settings.decode import decode
from console.settings.links import template_mistakes
from console.settings.load import BadSettings
from console.settings.nearest import did_you_mean
from console.settings.paths import Server, with_resolved_paths
from console.settings.predictions import PredictionStore, numbered
from console.settings.settings import ServerSettings, Settings
from console.settings.yaml_source import YamlNode, read_yaml

_WILDCARDS = frozenset("*?[")

Contradictions = Callable[[YamlNode, Settings], Iterable[tuple[int, int, str]]]
"""Returns (line, column, what) of each mistake in a document, read as settings, that no value alone shows."""


def read_settings(path: Path, environment: Mapping[str, str], contradictions: Contradictions | None = None) -> Settings:
    """Return the settings of one file; paths in it are relative to its directory.

    Raises:
        BadSettings: the file cannot be read or holds mistakes.
    """
    name = harmless(str(path))
    try:
        node = read_yaml(path)
        if node.value is None:
            return Settings()
        settings = decode(node, Settings, name)
    except OSError as error:
        raise BadSettings([f"{name}: cannot be read: {error.strerror or error}"]) from None
    except BadYaml as error:
        raise BadSettings([str(error)]) from None
    except BadDocument as error:
        raise BadSettings(error.problems) from None
    found = [*_contradictions(node), *(contradictions(node, settings) if contradictions is not None else ())]
    if problems := [f"{name}:{line}:{column}: {what}" for line, column, what in found]:
        raise BadSettings(problems)
    settings = with_resolved_paths(_named(settings), path.absolute().parent, environment)
    found = [*_namesakes(node, settings), *_unusable_files(node, settings)]
    if problems := [f"{name}:{line}:{column}: {what}" for line, column, what in found]:
        raise BadSettings(problems)
    return settings


def _named(settings: Settings) -> Settings:
    """Return settings in which every server has a name of its own."""
    prometheus = settings.prometheus
    if prometheus is not None and not prometheus.name:
        prometheus = msgspec.structs.replace(prometheus, name="prometheus")
    return msgspec.structs.replace(
        settings,
        prometheus=prometheus,
        alertmanager=_numbered("alertmanager", settings.alertmanager),
        mlflow=_numbered("mlflow", settings.mlflow),
        kubeflow=_numbered("kubeflow", settings.kubeflow),
        predictions=numbered(settings.predictions),
    )


def _numbered(kind: str, servers: tuple[Server, ...]) -> tuple[Server, ...]:
    """Return servers of a kind, those without a name by its kind: `alertmanager`, of several `alertmanager-2`."""
    several = len(servers) > 1
    return tuple(
        server if server.name else msgspec.structs.replace(server, name=f"{kind}-{number}" if several else kind)
        for number, server in enumerate(servers, 1)
    )


def _contradictions(document: YamlNode) -> Iterator[tuple[int, int, str]]:
    """Yield (line, column, what) of what no value alone shows: unknown signals, keys that do not go together."""
    yield from template_mistakes(_list(_child(document, "links")))
    measured_in_seconds = [signal.name for signal in SIGNALS.values() if signal.unit == "s"]
    for rule in _list(_child(document, "models")):
        latency = _child(_child(rule, "objective"), "latency")
        for key, position in latency.key_positions.items() if latency is not None else ():
            if key not in measured_in_seconds:
                yield *position, f"'{harmless(key)}' is no latency signal, {did_you_mean(key, measured_in_seconds)}"
        match, expected = _child(rule, "match"), _child(rule, "expected")
        if expected is not None and expected.value is True and match and _WILDCARDS.intersection(str(match.value)):
            yield expected.line, expected.column, "only a model that `match` names without wildcards can be expected"


def _namesakes(document: YamlNode, settings: Settings) -> Iterator[tuple[int, int, str]]:
    """Yield (line, column, what) of sources whose name another one has: lines about them could not be told apart."""
    names: set[str] = set()
    found: list[tuple[ServerSettings | PredictionStore, YamlNode]] = [
        *_servers_and_nodes(document, settings),
        *_stores_and_nodes(document, settings),
    ]
    for source, node in found:
        if source.name in names:
            at = _child(node, "name") or node
            kind = "store" if isinstance(source, PredictionStore) else "server"
            yield at.line, at.column, f"name: another {kind} is called '{harmless(source.name)}' already"
        names.add(source.name)


def _unusable_files(document: YamlNode, settings: Settings) -> Iterator[tuple[int, int, str]]:
    """Yield (line, column, what) of files for TLS that cannot be used."""
    for server, node in _servers_and_nodes(document, settings):
        if server.tls is None:
            continue
        from console.settings.tls_files import tls_mistakes

        for key, what in tls_mistakes(server.tls):
            if (at := _child(_child(node, "tls"), key)) is not None:
                yield at.line, at.column, f"tls.{key}: {what}"


def _servers_and_nodes(document: YamlNode, settings: Settings) -> Iterator[tuple[ServerSettings, YamlNode]]:
    """Yield every server with the place where it stands in the document."""
    prometheus = _child(document, "prometheus")
    if settings.prometheus is not None and prometheus is not None:
        yield settings.prometheus, prometheus
    yield from zip(settings.alertmanager, _list(_child(document, "alertmanager")), strict=True)
    if settings.mlflow and (node := _child(document, "mlflow")) is not None:
        yield from zip(settings.mlflow, _list(node) or [node], strict=True)
    if settings.kubeflow and (node := _child(document, "kubeflow")) is not None:
        yield from zip(settings.kubeflow, _list(node) or [node], strict=True)


def _stores_and_nodes(document: YamlNode, settings: Settings) -> Iterator[tuple[PredictionStore, YamlNode]]:
    """Yield every store of predictions with the place where it stands in the document."""
    if settings.predictions and (node := _child(document, "predictions")) is not None:
        yield from zip(settings.predictions, _list(node) or [node], strict=True)


def _mapping(node: YamlNode | None) -> dict[str, YamlNode]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _list(node: YamlNode | None) -> list[YamlNode]:
    return node.value if node is not None and isinstance(node.value, list) else []


def _child(node: YamlNode | None, key: str) -> YamlNode | None:
    return _mapping(node).get(key)

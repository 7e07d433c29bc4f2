"""From `config.yaml` and flags to settings: flags win over the file, the file over the defaults."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from console.domain.label import harmless
from console.domain.signal import SIGNALS
from console.settings.decode import BadDocument, decode
from console.settings.links import template_mistakes
from console.settings.nearest import did_you_mean
from console.settings.paths import with_resolved_paths
from console.settings.screen import ThemeName
from console.settings.settings import KubernetesSettings, ServerSettings, Settings
from console.settings.yaml_source import BadYaml, YamlNode, read_yaml

VARIABLE = "INCIDENT_CONSOLE_CONFIG"
PLACE_BELOW_CONFIG_HOME = Path("incident-console", "config.yaml")
PRESETS_BELOW_CONFIG_HOME = Path("incident-console", "presets")
"""A directory of presets that is read without being named, after those that are."""

_WILDCARDS = frozenset("*?[")

Contradictions = Callable[[YamlNode], Iterable[tuple[int, int, str]]]
"""Returns (line, column, what) of each mistake in a document that no value alone shows."""


class BadSettings(ValueError):
    """Configuration that cannot be used; `problems` are lines such as `config.yaml:12:3: what`."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class BadFlags(BadSettings):
    """Flags that are wrong, or contradict the rest of the settings."""


class Overrides(msgspec.Struct, frozen=True):
    """What flags say; None and empty mean that the flag was not given.

    `kubeconfig` and `playbooks` are paths relative to the working directory, `window` is in seconds; `ascii`,
    `no_mouse` and `plain` are switches of the screen.
    """

    prometheus: tuple[str, ...] = ()
    alertmanager: tuple[str, ...] = ()
    kubeconfig: str | None = None
    context: str | None = None
    playbooks: tuple[str, ...] = ()
    window: float | None = None
    write: bool = False
    theme: ThemeName | None = None
    ascii: bool = False
    no_mouse: bool = False
    plain: bool = False


NO_OVERRIDES = Overrides()


def find_config(path: Path | None, environment: Mapping[str, str]) -> Path | None:
    """Return the file to read: the given one, that of `$INCIDENT_CONSOLE_CONFIG`, that of the XDG config directory.

    The first two are returned whether they exist or not; None means that there is no configuration.
    """
    if path is not None:
        return path
    if named := environment.get(VARIABLE):
        return Path(named)
    config_home = _config_home(environment)
    usual = config_home / PLACE_BELOW_CONFIG_HOME if config_home is not None else None
    return usual if usual is not None and usual.is_file() else None


def _config_home(environment: Mapping[str, str]) -> Path | None:
    config_home = environment.get("XDG_CONFIG_HOME", "")
    if config_home.startswith("/"):  # the specification says that relative paths are to be ignored
        return Path(config_home)
    return Path(environment["HOME"]) / ".config" if environment.get("HOME") else None


def load_settings(
    path: Path | None,
    environment: Mapping[str, str],
    overrides: Overrides = NO_OVERRIDES,
    contradictions: Contradictions | None = None,
) -> Settings:
    """Return the settings of the file that `find_config` finds, with what the flags say instead.

    `contradictions` finds what only a room further down can tell of the document.

    Raises:
        BadSettings: the file cannot be read or holds mistakes, or a flag contradicts it.
    """
    found = find_config(path, environment)
    settings = read_settings(found, environment, contradictions) if found is not None else Settings()
    return override(_with_usual_presets(settings, environment), overrides)


def _with_usual_presets(settings: Settings, environment: Mapping[str, str]) -> Settings:
    config_home = _config_home(environment)
    folder = config_home / PRESETS_BELOW_CONFIG_HOME if config_home is not None else None
    if folder is None or str(folder) in settings.presets or not folder.is_dir():
        return settings
    return msgspec.structs.replace(settings, presets=(*settings.presets, str(folder)))


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
    found = [*_contradictions(node), *(contradictions(node) if contradictions is not None else ())]
    if problems := [f"{name}:{line}:{column}: {what}" for line, column, what in found]:
        raise BadSettings(problems)
    settings = with_resolved_paths(_named(settings), path.absolute().parent, environment)
    found = [*_namesakes(node, settings), *_unusable_files(node, settings)]
    if problems := [f"{name}:{line}:{column}: {what}" for line, column, what in found]:
        raise BadSettings(problems)
    return settings


def override(settings: Settings, overrides: Overrides) -> Settings:
    """Return settings with what the flags say instead.

    Raises:
        BadFlags: a flag is wrong or contradicts the rest.
    """
    try:
        return msgspec.structs.replace(
            settings,
            prometheus=_server("prometheus", overrides.prometheus, "--prometheus") or settings.prometheus,
            alertmanager=_servers("alertmanager", overrides.alertmanager) or settings.alertmanager,
            kubernetes=_kubernetes(settings.kubernetes, overrides),
            playbooks=settings.playbooks + tuple(str(Path(each).absolute()) for each in overrides.playbooks),
            window=settings.window if overrides.window is None else overrides.window,
            theme=settings.theme if overrides.theme is None else overrides.theme,
            glyphs="ascii" if overrides.ascii else settings.glyphs,
            mouse=settings.mouse and not overrides.no_mouse,
            plain=settings.plain or overrides.plain,
        )
    except ValueError as error:
        raise BadFlags([str(error)]) from None


def _server(name: str, urls: tuple[str, ...], flag: str) -> ServerSettings | None:
    try:
        return ServerSettings(name, urls) if urls else None
    except ValueError as error:
        raise ValueError(f"{flag}: {error}") from None


def _servers(name: str, urls: tuple[str, ...]) -> tuple[ServerSettings, ...]:
    server = _server(name, urls, f"--{name}")
    return (server,) if server else ()


def _kubernetes(settings: KubernetesSettings | None, overrides: Overrides) -> KubernetesSettings | None:
    """Return the cluster that flags and file name; another context does not inherit that it may be written to."""
    if overrides.context is not None and (settings is None or settings.context != overrides.context):
        settings = KubernetesSettings(overrides.context, settings.kubeconfig if settings else None)
    if settings is None:
        if overrides.write or overrides.kubeconfig is not None:
            given = "--write" if overrides.write else "--kubeconfig"
            raise ValueError(f"{given}: no cluster is configured; name the context with --context")
        return None
    kubeconfig = str(Path(overrides.kubeconfig).absolute()) if overrides.kubeconfig else settings.kubeconfig
    return msgspec.structs.replace(settings, kubeconfig=kubeconfig, write=settings.write or overrides.write)


def _named(settings: Settings) -> Settings:
    """Return settings in which every server has a name of its own."""
    prometheus = settings.prometheus
    if prometheus is not None and not prometheus.name:
        prometheus = msgspec.structs.replace(prometheus, name="prometheus")
    several = len(settings.alertmanager) > 1
    alertmanager = tuple(
        server
        if server.name
        else msgspec.structs.replace(server, name=f"alertmanager-{number}" if several else "alertmanager")
        for number, server in enumerate(settings.alertmanager, 1)
    )
    return msgspec.structs.replace(settings, prometheus=prometheus, alertmanager=alertmanager)


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
    """Yield (line, column, what) of servers whose name another one has: lines about them could not be told apart."""
    names: set[str] = set()
    for server, node in _servers_and_nodes(document, settings):
        if server.name in names:
            at = _child(node, "name") or node
            yield at.line, at.column, f"name: another server is called '{harmless(server.name)}' already"
        names.add(server.name)


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


def _mapping(node: YamlNode | None) -> dict[str, YamlNode]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _list(node: YamlNode | None) -> list[YamlNode]:
    return node.value if node is not None and isinstance(node.value, list) else []


def _child(node: YamlNode | None, key: str) -> YamlNode | None:
    return _mapping(node).get(key)

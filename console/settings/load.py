"""From `config.yaml` and flags to settings: flags win over the file, the file over the defaults."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from console.settings.acting import PlaceSettings
from console.settings.paths import resolve_address
from console.settings.places import acting_places
from console.settings.predictions import PredictionStore, numbered
from console.settings.screen import ThemeName
from console.settings.settings import ActingServer, AlertmanagerSettings, KubernetesSettings, ServerSettings, Settings

if TYPE_CHECKING:
    from console.settings.file import Contradictions

Acting = TypeVar("Acting", bound=ActingServer)
Place = TypeVar("Place", bound=PlaceSettings)

VARIABLE = "INCIDENT_CONSOLE_CONFIG"
PLACE_BELOW_CONFIG_HOME = Path("incident-console", "config.yaml")
PRESETS_BELOW_CONFIG_HOME = Path("incident-console", "presets")
"""A directory of presets that is read without being named, after those that are."""


class BadSettings(ValueError):
    """Configuration that cannot be used; `problems` are lines such as `config.yaml:12:3: what`."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class BadFlags(BadSettings):
    """Flags that are wrong, or contradict the rest of the settings."""


class Overrides(msgspec.Struct, frozen=True):
    """What flags say; None and empty mean that the flag was not given.

    `kubeconfig` and `playbooks` are paths relative to the working directory, and so are the files of `predictions`,
    each of which is a store, `URL` or `URL#TABLE`; `window` is in seconds; `ascii`, `no_mouse` and `plain` are switches
    of the screen.
    """

    prometheus: tuple[str, ...] = ()
    alertmanager: tuple[str, ...] = ()
    predictions: tuple[str, ...] = ()
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
    contradictions: "Contradictions | None" = None,
) -> Settings:
    """Return the settings of the file that `find_config` finds, with what the flags say instead.

    `contradictions` finds what only a room further down can tell of the document.

    Raises:
        BadSettings: the file cannot be read or holds mistakes, or a flag contradicts it.
    """
    found = find_config(path, environment)
    settings = _read(found, environment, contradictions) if found is not None else Settings()
    return override(_with_usual_presets(settings, environment), overrides, environment)


def _read(path: Path, environment: Mapping[str, str], contradictions: "Contradictions | None") -> Settings:
    from console.settings.file import read_settings  # with the YAML parser, which nobody without a file waits for

    return read_settings(path, environment, contradictions)


def _with_usual_presets(settings: Settings, environment: Mapping[str, str]) -> Settings:
    config_home = _config_home(environment)
    folder = config_home / PRESETS_BELOW_CONFIG_HOME if config_home is not None else None
    if folder is None or str(folder) in settings.presets or not folder.is_dir():
        return settings
    return msgspec.structs.replace(settings, presets=(*settings.presets, str(folder)))


def override(settings: Settings, overrides: Overrides, environment: Mapping[str, str]) -> Settings:
    """Return settings with what the flags say instead; `environment` knows the home directory.

    Raises:
        BadFlags: a flag is wrong or contradicts the rest.
    """
    try:
        settings = msgspec.structs.replace(
            settings,
            prometheus=_server("prometheus", overrides.prometheus, "--prometheus") or settings.prometheus,
            alertmanager=_alertmanagers(settings.alertmanager, overrides),
            mlflow=_writable_servers(settings.mlflow, overrides),
            kubeflow=_writable_servers(settings.kubeflow, overrides),
            predictions=_stores(overrides.predictions, environment) or settings.predictions,
            kubernetes=_kubernetes(settings.kubernetes, overrides),
            webhooks=_writable(settings.webhooks, overrides),
            commands=_writable(settings.commands, overrides),
            channels=_writable(settings.channels, overrides),
            providers=_writable(settings.providers, overrides),
            playbooks=settings.playbooks + tuple(str(Path(each).absolute()) for each in overrides.playbooks),
            window=settings.window if overrides.window is None else overrides.window,
            theme=settings.theme if overrides.theme is None else overrides.theme,
            glyphs="ascii" if overrides.ascii else settings.glyphs,
            mouse=settings.mouse and not overrides.no_mouse,
            plain=settings.plain or overrides.plain,
        )
    except ValueError as error:
        raise BadFlags([str(error)]) from None
    if overrides.write and not acting_places(settings):
        raise BadFlags(["--write: no cluster is configured; name the context with --context"])
    return settings


def _server(name: str, urls: tuple[str, ...], flag: str) -> ServerSettings | None:
    try:
        return ServerSettings(name, urls) if urls else None
    except ValueError as error:
        raise ValueError(f"{flag}: {error}") from None


def _alertmanagers(
    settings: tuple[AlertmanagerSettings, ...], overrides: Overrides
) -> tuple[AlertmanagerSettings, ...]:
    """Return the Alertmanagers that flags and file name; those of a flag do not inherit that they may be written to."""
    if overrides.alertmanager:
        try:
            settings = (AlertmanagerSettings("alertmanager", overrides.alertmanager),)
        except ValueError as error:
            raise ValueError(f"--alertmanager: {error}") from None
    return _writable_servers(settings, overrides)


def _writable_servers(servers: tuple[Acting, ...], overrides: Overrides) -> tuple[Acting, ...]:
    """Return servers, all of which `--write` allows to be changed."""
    return tuple(msgspec.structs.replace(server, write=server.write or overrides.write) for server in servers)


def _stores(addresses: tuple[str, ...], environment: Mapping[str, str]) -> tuple[PredictionStore, ...]:
    try:
        stores = numbered(tuple(map(PredictionStore.from_text, addresses)))
    except ValueError as error:
        raise ValueError(f"--predictions: {error}") from None
    here = Path.cwd()
    return tuple(
        msgspec.structs.replace(store, address=resolve_address(store.address, here, environment)) for store in stores
    )


def _writable(places: dict[str, Place], overrides: Overrides) -> dict[str, Place]:
    """Return the places of the file, all of which `--write` allows to be changed."""
    if not overrides.write:
        return places
    return {name: msgspec.structs.replace(place, write=True) for name, place in places.items()}


def _kubernetes(settings: KubernetesSettings | None, overrides: Overrides) -> KubernetesSettings | None:
    """Return the cluster that flags and file name; another context does not inherit that it may be written to."""
    if overrides.context is not None and (settings is None or settings.context != overrides.context):
        settings = KubernetesSettings(overrides.context, settings.kubeconfig if settings else None)
    if settings is None:
        if overrides.kubeconfig is not None:
            raise ValueError("--kubeconfig: no cluster is configured; name the context with --context")
        return None
    kubeconfig = str(Path(overrides.kubeconfig).absolute()) if overrides.kubeconfig else settings.kubeconfig
    return msgspec.structs.replace(settings, kubeconfig=kubeconfig, write=settings.write or overrides.write)

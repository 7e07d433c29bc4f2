"""Paths that a person wrote: `~` is the home directory, relative ones belong to the directory of the file."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from console.settings.credentials import TlsSettings
from console.settings.predictions import FILES, PredictedModelRule, PredictionStore, StoreAddress
from console.settings.secrets import Secret
from console.settings.settings import ServerSettings, Settings

Whole = TypeVar("Whole")
Server = TypeVar("Server", bound=ServerSettings)


def resolve_path(text: str, directory: Path, environment: Mapping[str, str]) -> str:
    """Return a path as it was meant: below the home directory, absolute, or relative to a directory."""
    home = environment.get("HOME")
    if home and (text == "~" or text.startswith("~/")):
        return home + text[1:]
    return str(directory / text)


def resolve_secret_file(secret: Secret, directory: Path, environment: Mapping[str, str]) -> Secret:
    """Return a secret whose file, if it is one, is resolved."""
    return Secret(file=resolve_path(secret.file, directory, environment)) if secret.file else secret


def resolve_address(address: StoreAddress, directory: Path, environment: Mapping[str, str]) -> StoreAddress:
    """Return the address of a store whose files, if it is one of files on this machine, are resolved."""
    url = address.url
    if isinstance(url, Secret):
        url = resolve_secret_file(url, directory, environment)
    elif address.is_files and "://" not in (path := url.removeprefix(FILES)):
        url = FILES + resolve_path(path, directory, environment)
    password = address.password and resolve_secret_file(address.password, directory, environment)
    return msgspec.structs.replace(address, url=url, password=password)


def _resolve_store(store: PredictionStore, directory: Path, environment: Mapping[str, str]) -> PredictionStore:
    def resolve_rule(rule: PredictedModelRule) -> PredictedModelRule:
        if rule.reference is None or rule.reference.data is None:
            return rule
        data = resolve_address(rule.reference.data, directory, environment)
        return msgspec.structs.replace(rule, reference=msgspec.structs.replace(rule.reference, data=data))

    labels = store.labels
    if labels is not None and labels.address is not None:
        labels = msgspec.structs.replace(labels, address=resolve_address(labels.address, directory, environment))
    return msgspec.structs.replace(
        store,
        address=resolve_address(store.address, directory, environment),
        labels=labels,
        models=tuple(map(resolve_rule, store.models)),
    )


def preset_files(settings: Settings) -> list[Path]:
    """Return the preset files that settings name: files themselves, and the YAML files of directories."""
    paths = map(Path, settings.presets)
    return [file for path in paths for file in (_yaml_files(path) if path.is_dir() else [path])]


def _yaml_files(directory: Path) -> list[Path]:
    from console.settings.yaml_source import yaml_files  # whoever has no presets of their own needs no parser

    return yaml_files(directory)


def _resolve_inside(
    value: Whole, resolve_secret: Callable[[Secret], Secret], resolve_tls: Callable[[TlsSettings], TlsSettings]
) -> Whole:
    """Return a value in which every secret and every file for TLS is resolved, however deep it stands."""

    def each(part: Any) -> Any:
        if isinstance(part, Secret):
            return resolve_secret(part)
        if isinstance(part, TlsSettings):
            return resolve_tls(part)
        if isinstance(part, msgspec.Struct):
            changed = {name: each(getattr(part, name)) for name in part.__struct_fields__}
            return msgspec.structs.replace(part, **changed)
        return {name: each(one) for name, one in part.items()} if isinstance(part, dict) else part

    return each(value)  # type: ignore[no-any-return]  # of the same type, by construction


def with_resolved_paths(settings: Settings, directory: Path, environment: Mapping[str, str]) -> Settings:
    """Return settings whose paths do not depend on where the console was started."""

    def resolve(text: str) -> str:
        return resolve_path(text, directory, environment)

    def resolve_secret(secret: Secret) -> Secret:
        return resolve_secret_file(secret, directory, environment)

    def resolve_tls(tls: TlsSettings) -> TlsSettings:
        files = {"ca": tls.ca, "certificate": tls.certificate, "key": tls.key}
        return msgspec.structs.replace(tls, **{name: path and resolve(path) for name, path in files.items()})

    def resolve_server(server: Server) -> Server:
        return msgspec.structs.replace(
            server,
            basic=server.basic
            and msgspec.structs.replace(server.basic, password=resolve_secret(server.basic.password)),
            bearer=server.bearer and resolve_secret(server.bearer),
            headers={
                name: resolve_secret(value) if isinstance(value, Secret) else value
                for name, value in server.headers.items()
            },
            tls=server.tls and resolve_tls(server.tls),
        )

    kubernetes = settings.kubernetes
    if kubernetes is not None and kubernetes.kubeconfig is not None:
        kubernetes = msgspec.structs.replace(kubernetes, kubeconfig=resolve(kubernetes.kubeconfig))
    return msgspec.structs.replace(
        settings,
        prometheus=settings.prometheus and resolve_server(settings.prometheus),
        alertmanager=tuple(map(resolve_server, settings.alertmanager)),
        mlflow=tuple(map(resolve_server, settings.mlflow)),
        kubeflow=tuple(map(resolve_server, settings.kubeflow)),
        predictions=tuple(_resolve_store(store, directory, environment) for store in settings.predictions),
        evidently=tuple(
            msgspec.structs.replace(folder, folder=resolve(folder.folder)) for folder in settings.evidently
        ),
        kubernetes=kubernetes,
        webhooks=_resolve_inside(settings.webhooks, resolve_secret, resolve_tls),
        commands=_resolve_inside(settings.commands, resolve_secret, resolve_tls),
        channels=_resolve_inside(settings.channels, resolve_secret, resolve_tls),
        providers=_resolve_inside(settings.providers, resolve_secret, resolve_tls),
        playbooks=tuple(map(resolve, settings.playbooks)),
        presets=tuple(map(resolve, settings.presets)),
        state_directory=settings.state_directory and resolve(settings.state_directory),
        export_directory=settings.export_directory and resolve(settings.export_directory),
    )

"""The kubeconfig: checked before anything is sent, because a wrong cluster is worse than none."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from console.settings.nearest import did_you_mean
from console.transport.kubernetes.errors import KubeconfigError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_IMPERSONATION = ("as", "as-uid", "as-groups", "as-user-extra")


def check_context(path: Path, context: str, *, every_login: bool = False) -> None:
    """Check that a kubeconfig has a context of this exact name, with a cluster and a user that can be used.

    Args:
        path: the kubeconfig.
        context: the context's name.
        every_login: whether the client knows all ways to log in that a kubeconfig may name.

    Raises:
        KubeconfigError: it has not, or the user needs what the client would silently leave out.
    """
    document = _load(path)
    contexts = _named(document, "contexts", "context")
    if context not in contexts:
        raise KubeconfigError(f"{path}: no context {context!r}; {did_you_mean(context, contexts)}")
    chosen = contexts[context]
    for plural, key in (("clusters", "cluster"), ("users", "user")):
        known, name = _named(document, plural, key), chosen.get(key)
        if name not in known:
            raise KubeconfigError(f"{path}: context {context!r} names the {key} {name!r}, which is not among {plural}")
    if not isinstance(_named(document, "clusters", "cluster")[chosen["cluster"]].get("server"), str):
        raise KubeconfigError(f"{path}: cluster {chosen['cluster']!r} has no server")
    if every_login:
        return
    user = _named(document, "users", "user")[chosen["user"]]
    if impersonated := [key for key in _IMPERSONATION if key in user]:
        raise KubeconfigError(
            f"{path}: user {chosen['user']!r} impersonates ({impersonated[0]}:), which is not supported; "
            "expected credentials of its own, or transport: kubectl"
        )


def token_in_file(path: Path, context: str) -> str | None:
    """Return the token that the user of a context keeps in a file as it is now, None where there is no such file.

    What is in the file counts before a `token`, as for kubectl; a relative path begins where the kubeconfig is.

    Raises:
        KubeconfigError: the file cannot be read, or is empty.
    """
    document = _load(path)
    chosen = _named(document, "contexts", "context").get(context, {})
    named = _named(document, "users", "user").get(chosen.get("user", ""), {}).get("tokenFile")
    if not isinstance(named, str) or not named:
        return None
    file = path.parent / named
    try:
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not ASCII"
        raise KubeconfigError(f"{path}: tokenFile {file} cannot be read ({why}); expected a token") from error
    if not token:
        raise KubeconfigError(f"{path}: tokenFile {file} is empty; expected a token")
    return token


def _load(path: Path) -> Mapping[str, Any]:
    try:
        document = yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506 (a safe loader, written in C where libyaml is there)
    except OSError as error:
        raise KubeconfigError(f"{path}: cannot be read ({error.strerror}); expected a kubeconfig") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = "" if mark is None else f":{mark.line + 1}"
        raise KubeconfigError(f"{path}{line}: not YAML; expected a kubeconfig") from error
    if not isinstance(document, Mapping):
        raise KubeconfigError(f"{path}: not a mapping; expected a kubeconfig")
    return document


def _named(document: Mapping[str, Any], plural: str, key: str) -> dict[str, Mapping[str, Any]]:
    entries = document.get(plural) or []
    return {
        entry["name"]: entry[key]
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, Mapping) and isinstance(entry.get("name"), str) and isinstance(entry.get(key), Mapping)
    }

"""What a client needs to reach the simulated cluster: an address, a token and a kubeconfig."""

import base64
import os
import secrets
from pathlib import Path

import msgspec
import yaml

CONTEXT = "simulated"


class ServedCluster(msgspec.Struct, frozen=True):
    """A simulated cluster that is being served; `certificate` (PEM) is empty without TLS."""

    url: str
    token: str
    certificate: bytes

    def write_kubeconfig(self, path: Path) -> None:
        """Write a kubeconfig, readable by its owner only, whose one context is named `simulated`."""
        cluster: dict[str, str] = {"server": self.url}
        if self.certificate:
            cluster["certificate-authority-data"] = base64.b64encode(self.certificate).decode()
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": CONTEXT,
            "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
            "clusters": [{"name": CONTEXT, "cluster": cluster}],
            "users": [{"name": CONTEXT, "user": {"token": self.token}}],
        }
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            yaml.safe_dump(document, file, sort_keys=False)


def new_token() -> str:
    """Return a bearer token that nobody can guess."""
    return secrets.token_urlsafe(24)

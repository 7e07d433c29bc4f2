"""Access to the cluster under test by `kubectl proxy`, which knows all ways to log in."""

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.simulation.cluster.kubectl import KUBECTL

_SERVING = re.compile(r"Starting to serve on (127\.0\.0\.1:\d+)")


class Access:
    """Requests to the cluster as one user.

    Every answer but the expected is an error: nobody makes trouble on this way.
    """

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    @property
    def minor(self) -> int:
        """Return the release of the cluster, 1.`minor`; some servers write `32+`, those built by hand nothing."""
        return int("".join(filter(str.isdigit, str(self.get("/version")["minor"]))) or 0)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return self._document(self.client.get(path, params=query))

    def find(self, path: str) -> dict[str, Any] | None:
        """Return an object, None where it is not there."""
        answer = self.client.get(path)
        return None if answer.status_code == 404 else self._document(answer)

    def create(self, path: str, document: dict[str, Any]) -> dict[str, Any]:
        return self._document(self.client.post(path, json=document))

    def replace(self, path: str, document: dict[str, Any]) -> dict[str, Any]:
        return self._document(self.client.put(path, json=document))

    def merge(self, path: str, body: dict[str, Any], *, manager: str = "release") -> dict[str, Any]:
        headers = {"Content-Type": "application/merge-patch+json"}
        return self._document(self.client.patch(path, json=body, headers=headers, params={"fieldManager": manager}))

    def delete(self, path: str, *, at_once: bool = False) -> None:
        """Delete an object, or what is left of it; one that is gone is no error."""
        options: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        if at_once:
            options["gracePeriodSeconds"] = 0
        answer = self.client.request("DELETE", path, json=options)
        if answer.status_code not in {404, 409}:
            self._document(answer)

    @staticmethod
    def _document(answer: httpx.Response) -> dict[str, Any]:
        assert answer.is_success, f"{answer.request.method} {answer.request.url.path}: {answer.text}"
        document = answer.json()
        assert isinstance(document, dict)
        return document


@contextlib.contextmanager
def access(user: str | None = None) -> Iterator[Access]:
    """Reach the cluster of `$KUBECONFIG`, in `$CONTEXT` or its current context, as somebody else where `user` is given.

    Where there is no such cluster all tests end, failed.
    """
    if not os.environ.get("KUBECONFIG"):
        pytest.exit("KUBECONFIG names no file: which cluster is to be tested?", returncode=2)
    context = os.environ.get("CONTEXT")
    argv = [str(KUBECTL), *([f"--context={context}"] if context else []), *([f"--as={user}"] if user else [])]
    with subprocess.Popen(
        [*argv, "proxy", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
    ) as process:
        try:
            assert process.stdout is not None
            told = process.stdout.readline().decode()
            serving = _SERVING.search(told)
            if serving is None:
                pytest.exit(f"kubectl knows no such cluster: {told}", returncode=2)
            with httpx.Client(base_url=f"http://{serving[1]}", timeout=30.0, trust_env=False) as client:
                yield Access(client)
        finally:
            process.terminate()

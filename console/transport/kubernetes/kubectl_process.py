"""One run of kubectl: no shell, an environment of few names, an end by deadline that takes its children along."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Mapping, Sequence

import msgspec

from console.transport.programs import Heard, end_in_time

_GRACE_SECONDS = 1.0
_LARGEST_OUTPUT_BYTES = 64 * 1024 * 1024
_LARGEST_COMPLAINT_BYTES = 1024 * 1024
_INHERITED = frozenset(
    {
        "HOME",
        "HTTPS_PROXY",
        "LANG",
        "LOGNAME",
        "NO_PROXY",
        "PATH",
        "SSH_AUTH_SOCK",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "TMPDIR",
        "USER",
        "https_proxy",
        "no_proxy",
    }
)
_INHERITED_PREFIXES = ("AWS_", "AZURE_", "CLOUDSDK_", "GOOGLE_", "LC_", "XDG_")
"""What the login programs of the large clouds read; a kubeconfig names whatever else its own needs."""


class Finished(msgspec.Struct, frozen=True):
    """What a run left; `timed_out` says that the deadline ended it, `too_large` that output was thrown away."""

    code: int
    output: bytes
    complaint: str
    timed_out: bool
    too_large: bool


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the part of an environment that kubectl and the login programs it runs may see."""
    return {
        name: value for name, value in environment.items() if name in _INHERITED or name.startswith(_INHERITED_PREFIXES)
    }


async def run_kubectl(argv: Sequence[str], environment: Mapping[str, str], body: bytes, seconds: float) -> Finished:
    """Run a program with a body on its standard input, and end its process group when its time is over.

    Raises:
        OSError: it cannot be started: nothing was run.
    """
    with contextlib.ExitStack() as given:  # the program has its own copies; without a program the listening ends
        said = given.enter_context(tempfile.TemporaryFile())
        said.write(body)
        said.seek(0)
        output, output_end = await Heard.open(_LARGEST_OUTPUT_BYTES)
        given.callback(os.close, output_end)
        complaint, complaint_end = await Heard.open(_LARGEST_COMPLAINT_BYTES)
        given.callback(os.close, complaint_end)
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=said,
            stdout=output_end,
            stderr=complaint_end,
            env=dict(environment),
            cwd="/",
            start_new_session=True,
        )
    timed_out = await end_in_time(process, seconds, _GRACE_SECONDS, (output, complaint))
    told = complaint.kept.decode(errors="replace")
    return Finished(process.returncode or 0, bytes(output.kept), told, timed_out, output.is_cut)

"""One run of kubectl: no shell, an environment of few names, an end by deadline that takes its children along."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence

import msgspec

_GRACE_SECONDS = 1.0
_LARGEST_OUTPUT_BYTES = 64 * 1024 * 1024
_LARGEST_COMPLAINT_BYTES = 1024 * 1024
_CHUNK_BYTES = 65536
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
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(environment),
        cwd="/",
        start_new_session=True,
    )
    timed_out = False
    talking = asyncio.gather(
        _say(process.stdin, body),
        _hear(process.stdout, _LARGEST_OUTPUT_BYTES),
        _hear(process.stderr, _LARGEST_COMPLAINT_BYTES),
    )
    try:
        done, _ = await asyncio.wait({talking}, timeout=seconds)
        if not done:
            timed_out = True
            _signal(process.pid, signal.SIGTERM)
            await asyncio.wait({talking}, timeout=_GRACE_SECONDS)
    finally:
        # What it started ends with it: a login program that goes on would hold the pipes, and nobody would read them.
        _signal(process.pid, signal.SIGKILL)
        await process.wait()
    _, (output, too_large), (complaint, _) = await talking
    return Finished(process.returncode or 0, output, complaint.decode(errors="replace"), timed_out, too_large)


async def _say(stream: asyncio.StreamWriter | None, body: bytes) -> None:
    if stream is None:
        raise RuntimeError("the standard input is a pipe")
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it read nothing; its exit code says why
        stream.write(body)
        await stream.drain()
    stream.close()


async def _hear(stream: asyncio.StreamReader | None, most: int) -> tuple[bytes, bool]:
    """Return what a stream says to its end, and whether it was more than is kept."""
    if stream is None:
        raise RuntimeError("the output is a pipe")
    heard = bytearray()
    too_large = False
    while chunk := await stream.read(_CHUNK_BYTES):
        room = most - len(heard)
        heard += chunk[:room]
        too_large = too_large or len(chunk) > room
    return bytes(heard), too_large


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)

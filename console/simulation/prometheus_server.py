"""A real Prometheus on a free port of 127.0.0.1, in a folder of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec

from console.simulation.watchdog import Watchdog

_STARTS = 3  # a port that was free may be taken before Prometheus binds it
_POLL_SECONDS = 0.05
_READY_SECONDS = 30.0
_STOP_SECONDS = 5.0


class PrometheusFailed(Exception):
    """Prometheus did not start; the message is one line: the last that it said."""


class ScrapePlan(msgspec.Struct, frozen=True):
    """What is scraped: the targets that `discovery_url` lists, every `interval` seconds, under the name `job`."""

    job: str
    discovery_url: str
    interval: float = 5.0

    def configuration(self) -> str:
        """Return the text of a prometheus.yml."""
        return (
            f"global: {{scrape_interval: {self.interval:g}s, scrape_timeout: {self.interval:g}s}}\n"
            "scrape_configs:\n"
            f"  - job_name: {self.job}\n"
            f"    http_sd_configs: [{{url: '{self.discovery_url}', refresh_interval: 1s}}]\n"
        )


@asynccontextmanager
async def running_prometheus(program: Path, folder: Path, plan: ScrapePlan, watchdog: Watchdog) -> AsyncIterator[str]:
    """Run Prometheus inside the `async with` block and give its URL; `folder / "data"` may hold blocks already.

    Raises:
        PrometheusFailed: It did not become ready.
    """
    configuration = folder / "prometheus.yml"
    configuration.write_text(plan.configuration())
    for attempt in range(_STARTS):
        address = f"127.0.0.1:{_free_port()}"
        with (folder / "prometheus.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                program,
                f"--config.file={configuration}",
                f"--storage.tsdb.path={folder / 'data'}",
                "--storage.tsdb.retention.time=60d",
                f"--web.listen-address={address}",
                cwd=folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is meant for the console
            )
        watchdog.guard(process.pid)
        try:
            if await _becomes_ready(process, f"http://{address}"):
                yield f"http://{address}"
                return
        finally:
            await _stop(process)
        said = (folder / "prometheus.log").read_text(errors="replace")
        if "address already in use" not in said or attempt == _STARTS - 1:
            last = said.strip().splitlines() or [f"status {process.returncode}"]
            raise PrometheusFailed(f"prometheus did not start: {last[-1]}")


async def _becomes_ready(process: asyncio.subprocess.Process, url: str) -> bool:
    """Wait until the server answers; False when it ended or took too long."""
    attempts = int(_READY_SECONDS / _POLL_SECONDS)
    async with httpx.AsyncClient(timeout=2.0, trust_env=False) as client:
        for _ in range(attempts):
            if process.returncode is not None:
                return False
            try:
                if (await client.get(f"{url}/-/ready")).is_success:
                    return True
            except httpx.TransportError:
                pass  # not listening yet
            await asyncio.sleep(_POLL_SECONDS)
    return False


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

"""Record the /metrics page of real serving systems, which the presets are tested with.

    python -m tools.recording.record [NAME…]

Each system is installed into a virtual environment of its own, serves a tiny model on 127.0.0.1, is sent requests, some
of which fail, and its page is written to tests/sources/presets/. Exit status: 0 when all were recorded, 1 when not.
"""

import argparse
import socket
import sys
import tempfile
from pathlib import Path

import httpx

from tools.recording.environment import ROOT, provide_environment
from tools.recording.errors import RecordError
from tools.recording.page import clean, head, sample_values
from tools.recording.running import SECONDS_TO_COUNT, run_client, running, wait_for
from tools.recording.system import System
from tools.recording.systems import SYSTEMS

PAGES = ROOT / "tests/sources/presets"


def main() -> int:
    """Record the systems that were named, or all, and return the exit status."""
    systems = {system.name: system for system in SYSTEMS}
    parser = argparse.ArgumentParser(prog="make record-metrics", description="Record /metrics of real serving systems.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(systems)}; all when none is given")
    names = parser.parse_args().names or list(systems)
    if unknown := sorted(set(names) - set(systems)):
        parser.error(f"no system is called {unknown[0]}; there are {', '.join(systems)}")
    failed = 0
    for name in names:
        try:
            record(systems[name])
        except (RecordError, httpx.HTTPError) as error:
            say(f"{name}: {error}")
            failed += 1
    return int(failed > 0)


def record(system: System) -> None:
    """Write the page of one system.

    Raises:
        RecordError: it cannot be installed, does not start, or does not answer or count as it should.
    """
    say(f"{system.name}: installing {' '.join(system.requirements)}")
    programs = provide_environment(system.server, system.requirements)
    say(f"{system.name}: starting")
    with (
        tempfile.TemporaryDirectory(prefix=f"record-{system.name}-", ignore_cleanup_errors=True) as scratch,
        running(system, programs, Path(scratch)) as ports,
        # A server may close the connection after a failure, while the next request is already on its way.
        httpx.Client(timeout=60, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)) as client,
    ):
        send(client, system, f"http://127.0.0.1:{ports['http']}")
        if system.client:
            run_client(system, programs, Path(scratch), ports)
        port, path = system.metrics
        text = scrape(client, system, f"http://127.0.0.1:{ports[port]}{path}")
    page = head(describe(system)) + clean(text, left_out=system.left_out, replaced=system.replaced)
    if told := [name for name in (socket.gethostname(), scratch, str(Path.home()), str(ROOT)) if name in page]:
        raise RecordError(f"the page names this machine, {told[0]!r}: replace the label that does")
    file = PAGES / f"{system.name}.metrics"
    file.write_text(page)
    say(f"{system.name}: wrote {file.relative_to(ROOT)}")


def send(client: httpx.Client, system: System, url: str) -> None:
    """Send all requests, one after the other.

    Raises:
        RecordError: one is not answered with the status that it should have.
    """
    for request in system.requests:
        for _ in range(request.times):
            answer = client.post(url + request.path, json=request.body)
            if answer.status_code != request.status:
                raise RecordError(f"{request.path} answered {answer.status_code} and not {request.status}")


def scrape(client: httpx.Client, system: System, url: str) -> str:
    """Return the page once it has counted every request: some systems write it only now and then.

    Raises:
        RecordError: it never shows as many as were sent.
    """
    samples, expected = system.counted
    pages: list[str] = []

    def all_is_there() -> bool:
        pages.append(client.get(url).raise_for_status().text)
        awaited = not system.awaited or sample_values(pages[-1], system.awaited)
        return bool(awaited) and sum(sample_values(pages[-1], samples)) >= expected

    wait_for(
        all_is_there, SECONDS_TO_COUNT, f"{samples} does not reach {expected:g}, or {system.awaited!r} is missing,"
    )
    if (total := sum(sample_values(pages[-1], samples))) != expected:
        raise RecordError(f"{samples} counts {total:g} and not {expected:g}")
    return pages[-1]


def describe(system: System) -> list[str]:
    """Return the lines of the head: whose page this is, how to make it anew, and what is not as it was scraped."""
    lines = [
        f"The page of {system.title} ({', '.join(system.requirements)}), written by",
        f"    make record-metrics ARGS={system.name}",
        f"Asked: {system.served}.",
        "Families and samples are sorted.",
    ]
    if system.left_out:
        lines.append(f"Left out: families whose name matches {system.left_out}")
    if system.replaced:
        lines.append(f"Replaced: the values of the labels {', '.join(system.replaced)}.")
    return lines


def say(text: str) -> None:
    """Narrate on stderr."""
    print(f"record: {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

"""`exporter` as a process between two real servers: one that it reads, and one that scrapes it."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.headless.commands.exporter import SECONDS_TO_END
from tests.cli.test_watch_process import a_past
from tests.services import Prometheus, Servers, wait_until

SCRAPES = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [rules.yml]
scrape_configs: [{{job_name: console, static_configs: [{{targets: ['{target}']}}]}}]
"""
RULES = """
groups:
  - name: console
    rules: [{alert: ModelFails, expr: 'incident_console_anomaly{kind="errors"} == 1'}]
"""


class Exporting:
    """A running `exporter`."""

    def __init__(self, folder: Path, prometheus: Prometheus) -> None:
        config = folder / "config.yaml"
        config.write_text(f"refresh: 1s\nprometheus: {{urls: ['{prometheus.url}'], timeout: 30s}}\n")
        self._said = folder / "stderr"
        with self._said.open("w") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "console", "exporter", "--config", str(config), "--listen", "127.0.0.1:0"],
                env={**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": ""},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
        self.address = wait_until(self._address, "the address", seconds=40)

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")

    def _address(self) -> str | None:
        found = re.search(r"metrics are served at http://([^/]+)/metrics\n", self.said)
        return found[1] if found else None

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://{self.address}{path}", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def end(self, number: signal.Signals) -> tuple[int, float]:
        """Send a signal and return the exit code and how long it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(20), time.monotonic() - began


@pytest.fixture
def prometheus(servers: Servers) -> Prometheus:
    return servers.prometheus(history=a_past())


@pytest.fixture
def exporting(tmp_path: Path, prometheus: Prometheus) -> Iterator[Exporting]:
    started = Exporting(tmp_path, prometheus)
    try:
        wait_until(lambda: started.get("/-/ready")[0] == 200, "the first refresh", seconds=40)
        yield started
    finally:
        started.process.kill()
        started.process.wait()


def test_a_real_prometheus_scrapes_it_and_alerts(servers: Servers, exporting: Exporting) -> None:
    scraper = servers.prometheus(config=SCRAPES.format(target=exporting.address), rules=RULES)
    firing = wait_until(lambda: scraper.query('ALERTS{alertname="ModelFails"}'), "the alert", seconds=40)
    assert firing[0]["metric"]["model"] == "fraud"
    signal_now = scraper.query('incident_console_signal{model="fraud", signal="error_ratio"}')
    assert float(signal_now[0]["value"][1]) == pytest.approx(0.3, abs=0.02)
    assert scraper.query('incident_console_model_status{model="ads", status="ok"}')[0]["value"][1] == "1"
    assert scraper.query("scrape_samples_scraped")[0]["value"][1] != "0"


def test_a_dead_source_is_down_and_its_signals_are_absent_not_zero(
    exporting: Exporting, prometheus: Prometheus
) -> None:
    assert 'incident_console_source_up{source="prometheus"} 1.0' in exporting.get("/metrics")[1]
    prometheus.kill()
    text = wait_until(
        lambda: text if 'source_up{source="prometheus"} 0.0' in (text := exporting.get("/metrics")[1]) else None,
        "the source to be down",
        seconds=40,
    )
    assert "incident_console_signal{" not in text
    assert 'incident_console_model_status{model="ads",status="unknown"} 1.0' in text
    assert exporting.get("/-/healthy")[0] == 200


def test_sigterm_ends_it_soon_though_a_source_hangs(exporting: Exporting, prometheus: Prometheus) -> None:
    prometheus.suspend()
    refreshes = exporting.get("/metrics")[1].count("incident_console_signal{")
    assert refreshes > 0, "a scrape is answered while a refresh hangs"
    code, seconds = exporting.end(signal.SIGTERM)
    assert code == 0
    assert SECONDS_TO_END < 2
    assert seconds < 4 * SECONDS_TO_END, "it waited for the source, which may take ten seconds"
    assert exporting.said.count("\n") == 1, "nothing but the address was said"


def test_an_interrupt_is_130(exporting: Exporting) -> None:
    code, _ = exporting.end(signal.SIGINT)
    assert code == 130
    assert exporting.said.endswith("incident-console: interrupted\n")


def test_an_address_that_is_taken_is_one_line_and_69(tmp_path: Path, exporting: Exporting) -> None:
    taken = ["--prometheus", "http://127.0.0.1:1", "--listen", exporting.address]
    done = subprocess.run(
        [sys.executable, "-m", "console", "exporter", *taken],
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "INCIDENT_CONSOLE_CONFIG": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 69
    assert done.stdout == ""
    told = f"incident-console: --listen {exporting.address}: nothing can be served there: Address already in use\n"
    assert done.stderr == told

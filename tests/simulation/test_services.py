from pathlib import Path

import pytest

from console.simulation.services import Services, ServicesMissing, find_services


def programs(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_named_folder_wins_over_the_checkout_and_the_checkout_over_the_path(tmp_path: Path) -> None:
    named = programs(tmp_path / "named", "prometheus")
    unpacked = programs(tmp_path / "checkout/.services/usr/bin", "prometheus", "promtool")
    on_path = programs(tmp_path / "path", "prometheus", "promtool")
    environment = {"PATH": str(on_path), "INCIDENT_CONSOLE_SERVICES": str(named)}
    assert find_services(environment, tmp_path / "checkout") == Services(named / "prometheus", unpacked / "promtool")
    assert find_services(environment, tmp_path).promtool == on_path / "promtool"


def test_a_missing_program_is_named_in_one_line_with_what_to_do(tmp_path: Path) -> None:
    on_path = programs(tmp_path / "path", "prometheus")
    with pytest.raises(ServicesMissing, match=r"promtool not found: install .*\$INCIDENT_CONSOLE_SERVICES") as raised:
        find_services({"PATH": str(on_path)}, tmp_path)
    assert "\n" not in str(raised.value)

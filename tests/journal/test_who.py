import os
import pwd
import socket
from pathlib import Path

import pytest

from console.journal.directory import state_directory
from console.journal.who import Who, who_is_here


def test_the_name_comes_from_the_user_id_and_not_from_the_environment() -> None:
    reader, writer = os.pipe()
    try:
        who = who_is_here({"USER": "mallory", "LOGNAME": "mallory"}, terminal=reader)
    finally:
        os.close(reader)
        os.close(writer)
    assert who == Who(pwd.getpwuid(os.getuid()).pw_name, socket.gethostname())
    assert who.shown == f"{who.user}@{who.host}"


def test_terminal_and_ssh_address_are_told() -> None:
    control, terminal = os.openpty()
    try:
        who = who_is_here({"SSH_CONNECTION": "192.0.2.7 50022 198.51.100.1 22"}, terminal)
        assert who.tty == os.ttyname(terminal)
    finally:
        os.close(control)
        os.close(terminal)
    assert who.ssh_client == "192.0.2.7"


def test_a_user_id_without_a_name_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(user_id: int) -> None:
        raise KeyError(user_id)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert who_is_here({}, terminal=-1).user == f"uid-{os.getuid()}"


def test_the_state_directory_is_made_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configured = state_directory(str(tmp_path / "a" / "b"))
    assert configured == tmp_path / "a" / "b"
    assert configured.stat().st_mode & 0o777 == 0o700
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert state_directory(None) == tmp_path / "state" / "incident-console"

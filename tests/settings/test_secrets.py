import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.settings import secret_program
from console.settings.secrets import Secret, SecretUnavailable, SecretValue, resolve_secret
from console.settings.settings import ServerSettings, Settings

CANARY = "canary-4711"


def python(code: str) -> Secret:
    return Secret(command=(sys.executable, "-c", code))


def test_a_secret_comes_from_where_it_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(CANARY + "\n")
    assert resolve_secret(Secret(env="TOKEN"), {"TOKEN": CANARY}).reveal() == CANARY
    assert resolve_secret(Secret(file=str(file)), {}).reveal() == CANARY
    assert resolve_secret(python(f"print({CANARY!r})"), {}).reveal() == CANARY


def test_a_command_runs_without_a_shell_and_sees_the_environment() -> None:
    secret = python("import os, sys; print(os.environ['WHO'], sys.argv[1])")
    assert secret.command is not None
    secret = Secret(command=(*secret.command, "$(id); *"))
    assert resolve_secret(secret, {"WHO": "me"}).reveal() == "me $(id); *"


def given_seconds(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(secret_program, "SECONDS", seconds)


@pytest.mark.parametrize("show", [repr, str, ascii, "{}".format, "{!r}".format, "{:>9}".format])
def test_a_value_never_shows(show: Callable[[object], str]) -> None:
    assert show(SecretValue(CANARY)) == "***"


def test_a_value_does_not_show_in_containers_tracebacks_or_pickles() -> None:
    value = SecretValue("".join(["canary", "-", "4711"]))  # no line of this file holds it whole
    assert CANARY not in repr([value, {"a": value}])
    with pytest.raises(TypeError):
        pickle.dumps(value)
    with pytest.raises(RuntimeError) as caught:
        raise RuntimeError(value)
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert CANARY not in "".join(told.format())


@pytest.mark.parametrize(("mode", "expected"), [(0o600, []), (0o400, []), (0o644, ["0644"]), (0o660, ["0660"])])
def test_a_file_that_others_can_read_is_warned_of(tmp_path: Path, mode: int, expected: list[str]) -> None:
    file = tmp_path / "token"
    file.write_text(CANARY)
    file.chmod(mode)
    warnings: list[str] = []
    resolve_secret(Secret(file=str(file)), {}, warnings.append)
    assert [warning.partition("(mode ")[2][:4] for warning in warnings] == expected
    assert CANARY not in "".join(warnings)


def test_what_cannot_be_had_is_one_line_without_the_value(tmp_path: Path) -> None:
    (tmp_path / "lines").write_text(f"{CANARY}\n{CANARY}\n")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    cases = {
        Secret(env="TOKEN"): "environment variable TOKEN is not set",
        Secret(file="/absent"): "file /absent cannot be read: No such file or directory",
        Secret(file=str(tmp_path / "lines")): "holds more than one line or control characters",
        Secret(file=str(tmp_path / "empty")): "is empty",
        Secret(file=str(tmp_path / "binary")): "cannot be read: not UTF-8",
        Secret(command=("/absent/program",)): "command /absent/program cannot be run: No such file or directory",
        python(f"print({CANARY!r}); raise SystemExit(3)"): "failed with exit code 3",
        python("import sys; sys.stdout.buffer.write(b'\\xff')"): "did not give UTF-8",
        Secret(keyring="no-user"): "keyring entry no-user is no service/user",
    }
    for secret, told in cases.items():
        with pytest.raises(SecretUnavailable) as caught:
            resolve_secret(secret, {})
        assert told in str(caught.value)
        assert CANARY not in str(caught.value)
        assert str(caught.value).isprintable()


def test_a_command_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    given_seconds(monkeypatch, 0.2)
    with pytest.raises(SecretUnavailable, match="gave nothing within"):
        resolve_secret(python("import time; time.sleep(60)"), {})


def test_a_keyring_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SecretUnavailable, match="needs the package keyring: pip install keyring"):
        resolve_secret(Secret(keyring="prometheus/oncall"), {})


@pytest.fixture
def leaving_a_child(tmp_path: Path) -> Iterator[Callable[[str], Secret]]:
    """Make commands that say the secret and leave a child, which holds their output open until the test is over."""
    pids = tmp_path / "pids"

    def command(then: str) -> Secret:
        leave = f"open({str(pids)!r}, 'a').write(f'{{subprocess.Popen([\"sleep\", \"60\"]).pid}} ')"
        return python(f"import subprocess, time; print({CANARY!r}, flush=True); {leave}; {then}")

    yield command
    for pid in pids.read_text().split():
        os.kill(int(pid), signal.SIGKILL)


def test_a_child_that_holds_the_output_is_not_waited_for(leaving_a_child: Callable[[str], Secret]) -> None:
    assert resolve_secret(leaving_a_child("pass"), dict(os.environ)).reveal() == CANARY


def test_a_command_that_hangs_with_a_child_that_holds_the_output_is_given_up(
    monkeypatch: pytest.MonkeyPatch, leaving_a_child: Callable[[str], Secret]
) -> None:
    given_seconds(monkeypatch, 1.0)
    with pytest.raises(SecretUnavailable, match="gave nothing within 1 s"):
        resolve_secret(leaving_a_child("time.sleep(60)"), dict(os.environ))


def test_a_command_that_never_stops_talking_is_ended() -> None:
    with pytest.raises(SecretUnavailable, match="says more than 64 KiB"):
        resolve_secret(python("while True: print('a' * 1000)"), {})


def test_a_command_that_closes_its_output_and_fails_has_failed() -> None:
    secret = python(f"import os, time; os.write(1, b'{CANARY}'); os.close(1); time.sleep(0.1); os._exit(3)")
    with pytest.raises(SecretUnavailable, match="failed with exit code 3"):
        resolve_secret(secret, {})


@pytest.mark.parametrize("given", [{}, {"env": "A", "file": "b"}, {"command": ()}])
def test_a_secret_is_kept_in_exactly_one_place(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="a secret is exactly one of env, file, keyring, command"):
        Secret(**given)  # type: ignore[arg-type]  # mistakes on purpose


def test_settings_do_not_show_a_password_in_a_url_or_the_value_of_a_header() -> None:
    settings = Settings(
        prometheus=ServerSettings("p", (f"http://oncall:{CANARY}@host:9090/x",), headers={"X-Api-Key": CANARY})
    )
    assert CANARY not in repr(settings)
    assert "http://***@host:9090/x" in repr(settings)

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from console.transport.kubernetes import KubeconfigError
from console.transport.kubernetes.key_files import key_directory


def test_the_directory_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    with key_directory(tmp_path / "keys") as directory:
        (directory / "key.pem").write_text("secret")
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert list((tmp_path / "keys").iterdir()) == []


def test_it_is_gone_after_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), key_directory(tmp_path / "keys"):
        raise RuntimeError
    assert list((tmp_path / "keys").iterdir()) == []


def test_what_a_killed_process_left_is_removed_at_the_next_start_but_not_what_is_in_use(tmp_path: Path) -> None:
    base = tmp_path / "keys"
    program = (
        "import sys, time; from pathlib import Path; from console.transport.kubernetes.key_files import key_directory\n"
        "with key_directory(Path(sys.argv[1])) as d: (d/'key').touch(); print(d, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(base)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        left = Path(process.stdout.readline().strip())
        with key_directory(base):
            assert (left / "key").exists()
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (left / "key").exists()
    with key_directory(base) as directory:
        assert list(base.iterdir()) == [directory]


def test_a_base_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    base = tmp_path / "keys"
    base.mkdir()
    base.chmod(0o750)
    with pytest.raises(KubeconfigError, match="yours alone"), key_directory(base):
        pass


def test_a_base_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "keys").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KubeconfigError, match="yours alone"), key_directory(tmp_path / "keys"):
        pass

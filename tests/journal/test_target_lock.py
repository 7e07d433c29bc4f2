import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from console.journal.file_journal import FileJournal
from console.journal.holder import Holder, TargetBusy
from console.journal.who import Who
from tests.journal.samples import ANN

ANN_HOLDS = Holder(ANN, since=1_763_781_662.0, run_id="7f3", target="ml/fraud")
BO_HOLDS = Holder(Who("bo", "bastion"), since=2.0, run_id="8a1", target="ml/fraud")


def test_the_second_is_told_who_holds_it_since_when_and_for_what(tmp_path: Path) -> None:
    with (
        FileJournal(tmp_path).lock("uid-1", ANN_HOLDS),
        pytest.raises(
            TargetBusy, match=r"^ann@bastion is acting on ml/fraud since \d\d:\d\d:\d\d UTC \(run 7f3\)$"
        ) as busy,
    ):
        FileJournal(tmp_path).lock("uid-1", BO_HOLDS)
    assert busy.value.holder == ANN_HOLDS


def test_other_targets_are_free(tmp_path: Path) -> None:
    with FileJournal(tmp_path).lock("uid-1", ANN_HOLDS), FileJournal(tmp_path).lock("uid-2", BO_HOLDS):
        pass


def test_it_is_free_again_after_close_and_closing_twice_is_harmless(tmp_path: Path) -> None:
    first = FileJournal(tmp_path).lock("uid-1", ANN_HOLDS)
    first.close()
    first.close()
    with FileJournal(tmp_path).lock("uid-1", BO_HOLDS), pytest.raises(TargetBusy, match=r"^bo@bastion"):
        FileJournal(tmp_path).lock("uid-1", ANN_HOLDS)


def test_a_name_that_a_bad_disk_keeps_locks_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = FileJournal(tmp_path).lock("uid-1", ANN_HOLDS)

    def fail(file: int, size: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "ftruncate", fail)
        lock.close()
    assert FileJournal(tmp_path).holder("uid-1") is None
    with FileJournal(tmp_path).lock("uid-1", BO_HOLDS):
        pass


def test_a_holder_that_has_not_written_its_name_yet_still_holds(tmp_path: Path) -> None:
    with FileJournal(tmp_path).lock("uid-1", ANN_HOLDS):
        os.truncate(next((tmp_path / "locks").iterdir()), 0)
        with pytest.raises(TargetBusy, match="somebody else is acting"):
            FileJournal(tmp_path).lock("uid-1", BO_HOLDS)


@pytest.mark.parametrize("uid", ["../../etc/passwd", "", "a/b", "x" * 5000, "\n\x1b[2J"])
def test_a_hostile_uid_stays_inside_the_directory(tmp_path: Path, uid: str) -> None:
    with FileJournal(tmp_path).lock(uid, ANN_HOLDS):
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert [path.parent for path in files] == [tmp_path / "locks"]
        assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


def test_the_words_about_a_holder_cannot_steer_the_terminal(tmp_path: Path) -> None:
    hostile = Holder(Who("ann\x1b[2J", "h"), 1.0, "7f3\r", "ml/\x07")
    with FileJournal(tmp_path).lock("uid-1", hostile), pytest.raises(TargetBusy) as busy:
        FileJournal(tmp_path).lock("uid-1", BO_HOLDS)
    assert str(busy.value).isprintable()


HOLD = """
import sys
from pathlib import Path
from console.journal.holder import Holder
from console.journal.file_journal import FileJournal
from console.journal.who import Who
lock = FileJournal(Path(sys.argv[1])).lock("uid-1", Holder(Who("ann", "bastion"), 1.0, "7f3", "ml/fraud"))
print("held", flush=True)
sys.stdin.read()
"""


def test_another_process_is_excluded_until_it_dies(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(TargetBusy, match=r"^ann@bastion"):
            FileJournal(tmp_path).lock("uid-1", BO_HOLDS)
        child.send_signal(signal.SIGKILL)
        child.wait()
    with FileJournal(tmp_path).lock("uid-1", BO_HOLDS):
        pass

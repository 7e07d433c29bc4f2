"""Playbooks that are read again: a directory that hangs holds up neither a refresh nor the end."""

import threading
from pathlib import Path

import pytest

from console.engine.playbook_reading import LATE, PlaybookReading
from console.playbooks.library import LiveLibrary
from tests.playbooks.examples import SMALLEST
from tests.services.waiting import wait_until


class Hanging(LiveLibrary):
    """A library whose directories do not answer until they are let."""

    def __init__(self, directory: Path) -> None:
        super().__init__([directory])
        self.answers = threading.Event()
        self.times = 0

    def reread(self) -> None:
        self.times += 1
        self.answers.wait()
        super().reread()


async def test_what_hangs_is_told_and_not_waited_for(tmp_path: Path) -> None:
    library = Hanging(tmp_path)
    reading = PlaybookReading(library, patience=0.01)
    for _ in range(3):
        await reading.renew()
        assert reading.notices == (LATE,)
    assert library.times == 1, "one reading at a time"
    (tmp_path / "smallest.yaml").write_text(SMALLEST)
    library.answers.set()
    wait_until(lambda: reading.notices == (), "the reading ends")
    assert library.find("smallest") is not None
    await reading.aclose()


async def test_an_error_that_nobody_foresaw_is_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = LiveLibrary([tmp_path])

    def fail() -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(library, "reread", fail)
    reading = PlaybookReading(library)
    with pytest.raises(RuntimeError, match="a mistake of ours"):
        await reading.renew()
    await reading.aclose()


async def test_nothing_is_read_where_nothing_is_configured() -> None:
    reading = PlaybookReading(LiveLibrary())
    await reading.renew()
    assert reading.notices == ()
    await reading.aclose()

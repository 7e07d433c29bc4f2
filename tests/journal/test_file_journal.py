import json
import multiprocessing
import os
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.action import FieldChange, Outcome, Plan, Request, RiskTier, Undo
from console.domain.model import Target
from console.journal.chain import Link, digest
from console.journal.events import (
    Event,
    Intent,
    RunLine,
    RunReference,
    Unrecognised,
    Verification,
    decode_line,
    encode_event,
)
from console.journal.file_journal import FileJournal
from console.journal.who import Who
from tests.journal.samples import ANN, intent, outcome


def append_raw(journal: FileJournal, content: bytes) -> None:
    with journal.path.open("ab") as file:
        file.write(content)


def test_a_journal_that_was_never_written_is_empty(tmp_path: Path) -> None:
    assert FileJournal(tmp_path).read() == ()
    assert list(tmp_path.iterdir()) == []


def test_events_come_back_as_they_were_written_oldest_first(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    events: list[Event] = [
        intent(),
        outcome(),
        Verification(at=5.0, who=ANN, intent_id="i1", run_id="7f3", outcome=Outcome.VERIFIED, detail="p99 0.3 s"),
        RunLine(at=6.0, who=ANN, run_id="7f3", name="answered", payload={"step": "demand", "value": None}),
    ]
    for event in events:
        journal.append(event)
    contents = journal.load()
    assert contents.events == tuple(events)
    assert contents.problems == ()


def test_every_line_names_kind_time_and_person(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.append(intent())
    line = json.loads(journal.path.read_bytes())
    assert line["kind"] == "intent"
    assert line["at"] == 101.0
    assert line["who"] == {"user": "ann", "host": "bastion", "tty": "/dev/pts/3", "ssh_client": "192.0.2.7"}


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_only_the_owner_can_read_it_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        FileJournal(tmp_path).append(intent())
    finally:
        os.umask(before)
    assert stat.S_IMODE(FileJournal(tmp_path).path.stat().st_mode) == 0o600


def test_a_journal_that_others_can_read_is_closed_to_them(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.path.touch()
    journal.path.chmod(0o644)
    journal.append(intent())
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600


def test_a_torn_last_line_is_told_and_what_came_before_is_kept(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.append(intent())
    journal.append(outcome())
    content = journal.path.read_bytes()
    journal.path.write_bytes(content[:-20])
    contents = journal.load()
    assert contents.events == (intent(),)
    assert [(problem.line, problem.reason.split(":")[0]) for problem in contents.problems] == [(2, "torn")]


def test_the_event_after_a_torn_line_is_whole(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.append(intent())
    append_raw(journal, b'{"kind":"outcome","at":1')
    journal.append(outcome())
    contents = journal.load()
    assert contents.events == (intent(), outcome())
    assert [problem.line for problem in contents.problems] == [2]


@pytest.mark.parametrize(
    "garbage",
    [b"\x00\x00\x00\x00\n", b"[1,2]\n", b"\xff\xfe\n", b"\n", b"17\n", b'{"x":"\xff"}\n', b'{"x":' * 9999 + b"\n"],
)
def test_a_line_that_is_no_object_is_told_and_skipped(tmp_path: Path, garbage: bytes) -> None:
    journal = FileJournal(tmp_path)
    journal.append(intent())
    append_raw(journal, garbage)
    journal.append(outcome())
    contents = journal.load()
    assert contents.events == (intent(), outcome())
    assert [problem.line for problem in contents.problems] == [2]


def test_a_kind_of_a_newer_version_is_kept_whole(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.append(intent())
    newer = {"kind": "approval", "at": 3.0, "who": {"user": "bo"}, "previous": digest(journal.path.read_bytes()[:-1])}
    append_raw(journal, msgspec.json.encode(newer) + b"\n")
    journal.append(outcome())
    contents = journal.load()
    assert contents.problems == ()
    assert contents.events[1] == Unrecognised("approval", {"kind": "approval", "at": 3.0, "who": {"user": "bo"}})
    assert journal.read() == (intent(), outcome())


def test_a_field_of_a_newer_version_does_not_hide_the_event() -> None:
    line = json.loads(encode_event(outcome(), Link("")))
    line["approved_by"] = "bo"
    assert decode_line(json.dumps(line).encode())[0] == outcome()


def test_a_changed_and_a_removed_line_are_told(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    for number in range(4):
        journal.append(outcome(f"i{number}"))
    lines = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(lines[0] + lines[1].replace(b"applied", b"unknown") + lines[2] + lines[3])
    assert [problem.line for problem in journal.load().problems] == [3]
    journal.path.write_bytes(lines[0] + lines[2] + lines[3])
    assert [problem.line for problem in journal.load().problems] == [2]


def test_the_line_before_is_found_however_long_it_is(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    long = RunLine(at=1.0, who=ANN, run_id="7f3", name="note", payload={"text": "x" * 200_000})
    journal.append(long)
    journal.append(outcome())
    assert journal.load().problems == ()


def test_a_full_disk_is_told_and_the_next_event_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = FileJournal(tmp_path)
    journal.append(intent())
    write = os.write

    def write_ten_bytes_and_fail(file: int, content: Any) -> int:
        write(file, bytes(content[:10]))
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write_ten_bytes_and_fail)
        with pytest.raises(OSError, match="No space left"):
            journal.append(outcome())
    journal.append(outcome())
    assert journal.read() == (intent(), outcome())


def test_an_event_is_on_disk_before_append_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = FileJournal(tmp_path)
    synced: list[bytes] = []
    fsync = os.fsync

    def watch(file: int) -> None:
        if stat.S_ISREG(os.fstat(file).st_mode):
            synced.append(journal.path.read_bytes())
        fsync(file)

    monkeypatch.setattr(os, "fsync", watch)
    journal.append(intent(), durable=False)
    assert synced == []
    journal.append(outcome(), durable=True)
    assert synced == [journal.path.read_bytes()]


def test_an_event_that_did_not_reach_the_disk_comes_once_when_it_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = FileJournal(tmp_path)
    journal.append(intent())

    def fail(file: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="Input/output error"):
            journal.append(outcome())
    assert journal.read() == (intent(),)
    journal.append(outcome())
    assert journal.read() == (intent(), outcome())
    assert journal.load().problems == ()


def test_the_file_is_on_disk_before_its_first_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = FileJournal(tmp_path)
    synced: list[int] = []
    fsync = os.fsync

    def watch(file: int) -> None:
        if stat.S_ISDIR(os.fstat(file).st_mode):
            synced.append(journal.path.stat().st_size)
        fsync(file)

    monkeypatch.setattr(os, "fsync", watch)
    journal.append(outcome(), durable=False)
    journal.append(intent(), durable=True)
    assert synced == [0]


def write_many(directory: Path, name: str) -> None:
    journal = FileJournal(directory)
    for number in range(40):
        journal.append(outcome(f"{name}-{number}"), durable=False)


def test_consoles_that_write_at_once_lose_and_mix_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(tmp_path, name)) for name in ("ann", "bo", "cy")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    contents = FileJournal(tmp_path).load()
    assert contents.problems == ()
    assert len(contents.events) == 120


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
people = st.builds(Who, user=texts, host=texts, tty=st.none() | texts, ssh_client=st.none() | texts)
moments = st.floats(min_value=0, max_value=4e9)
leaves = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts
payloads = st.dictionaries(
    texts,
    st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner), max_leaves=5),
    max_size=3,
)
run_events = st.builds(RunLine, at=moments, who=people, run_id=texts, name=texts, payload=payloads)
verifications = st.builds(
    Verification,
    at=moments,
    who=people,
    intent_id=texts,
    run_id=texts,
    outcome=st.sampled_from(Outcome),
    detail=texts,
)


targets = st.builds(Target, *(texts,) * 5)
requests = st.builds(
    Request, method=texts, path=texts, content_type=texts, body=payloads | st.lists(payloads, max_size=3)
)
field_changes = st.lists(st.builds(FieldChange, texts, texts, texts), max_size=2).map(tuple)
undos = st.builds(Undo, title=texts, changes=field_changes, request=requests)
plans = st.builds(
    Plan,
    action=texts,
    title=texts,
    confirm=texts,
    model_id=texts,
    target=targets,
    request=requests,
    changes=field_changes,
    tier=st.sampled_from(RiskTier),
    made_at=moments,
    dry_run=texts,
    undo=st.none() | undos,
    notes=st.lists(texts, max_size=2).map(tuple),
)
references = st.builds(RunReference, texts, texts, texts, st.integers(0, 100), st.none() | texts)
intents = st.builds(
    Intent, at=moments, who=people, intent_id=texts, reference=references, plan=plans, plan_hash=texts, undoes=texts
)


@settings(max_examples=50)
@given(intents)
def test_a_plan_keeps_its_hash_through_the_journal(event: Intent) -> None:
    read, _ = decode_line(encode_event(event, Link("")))
    assert isinstance(read, Intent)
    assert read.plan.hash == event.plan.hash


@given(run_events | verifications | intents, texts)
def test_any_event_survives_its_line(event: Event, previous: str) -> None:
    line = encode_event(event, Link(previous))
    assert b"\n" not in line
    assert decode_line(line) == (event, Link(previous))

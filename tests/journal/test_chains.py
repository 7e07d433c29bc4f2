"""Properties of chains: whatever is changed in a journal is found, at the changed line or the one behind it."""

import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.journal.chain import Link, digest
from console.journal.events import encode_event
from console.journal.file_journal import FileJournal
from console.journal.file_lines import LinesParser
from console.journal.postgresql.own_chain import OwnChain, lines_of
from console.journal.postgresql.read_back import contents_of
from console.journal.postgresql.server import NewLine, Row
from tests.journal.samples import outcome

LENGTH = 6


def file_lines(count: int = LENGTH) -> list[bytes]:
    """Return the lines of a file's chain."""
    lines: list[bytes] = []
    for number in range(count):
        previous = digest(lines[-1]) if lines else ""
        lines.append(encode_event(outcome(f"i{number}"), Link(previous)))
    return lines


def problems_of(lines: list[bytes]) -> list[int]:
    """Return the numbers of the lines that are told to be broken."""
    parser = LinesParser()
    parser.entries(b"".join(line + b"\n" for line in lines))
    parser.end()
    return [problem.line for problem in parser.problems]


def rows(writers: list[str]) -> list[Row]:
    """Return what a database holds after lines of writers, in that order."""
    chains: dict[str, list[NewLine]] = {}
    found = []
    for position, writer in enumerate(writers, 1):
        chain = chains.setdefault(writer, [])
        previous = digest(chain[-1].line.encode()) if chain else ""
        link = Link(previous, writer, len(chain) + 1, position - 1)
        line = encode_event(outcome(f"{writer}{len(chain)}"), link).decode()
        chain.append(NewLine(writer, link.sequence, previous, line))
        found.append(Row(position, writer, link.sequence, previous, line))
    return found


def test_an_untouched_chain_is_whole() -> None:
    assert problems_of(file_lines()) == []


@given(st.integers(0, LENGTH - 2), st.data())
def test_a_byte_that_was_changed_is_found_at_its_line_or_the_next(number: int, data: st.DataObject) -> None:
    lines = file_lines()
    at = data.draw(st.integers(0, len(lines[number]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte not in (10, lines[number][at])))
    lines[number] = lines[number][:at] + bytes([byte]) + lines[number][at + 1 :]
    found = problems_of(lines)
    assert found
    assert found[0] - 1 in (number, number + 1)


@given(st.integers(0, LENGTH - 2))
def test_a_line_that_was_removed_or_doubled_is_found_where_it_was(number: int) -> None:
    lines = file_lines()
    assert problems_of(lines[:number] + lines[number + 1 :])[0] == number + 1
    assert problems_of([*lines[: number + 1], *lines[number:]])[0] == number + 2


@given(st.permutations(range(LENGTH)).filter(lambda order: order != sorted(order)))
def test_lines_in_another_order_are_found(order: list[int]) -> None:
    lines = file_lines()
    assert problems_of([lines[number] for number in order])


@given(st.lists(st.integers(0, 40), max_size=8).map(sorted))
def test_a_file_that_is_read_in_pieces_is_read_as_a_whole(cuts: list[int]) -> None:
    content = b"".join(line + b"\n" for line in file_lines(3))
    places = [0, *(cut * len(content) // 40 for cut in cuts), len(content)]
    parser = LinesParser()
    pieces = [content[start:end] for start, end in pairwise(places)]
    entries = [entry for piece in pieces for entry in parser.entries(piece)]
    assert [entry.event for entry in entries] == [outcome(f"i{number}") for number in range(3)]
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert parser.problems == []


@settings(max_examples=30)
@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=2, max_size=12), st.data())
def test_rows_of_several_writers_tell_of_any_that_is_missing_but_the_newest(
    writers: list[str], data: st.DataObject
) -> None:
    whole = rows(writers)
    assert contents_of(whole, {}).problems == ()
    removed = data.draw(st.sets(st.integers(0, len(whole) - 2), min_size=1))
    left = [row for index, row in enumerate(whole) if index not in removed]
    found = contents_of(left, {}).problems
    assert found[0].line == min(removed) + 1


@settings(max_examples=30)
@given(st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=8), st.data())
def test_what_a_machine_keeps_convicts_any_changed_row(writers: list[str], data: st.DataObject) -> None:
    whole = rows(writers)
    number = data.draw(st.integers(0, len(whole) - 1))
    lie = whole[number]
    here = [NewLine(row.writer, row.sequence, row.previous, row.line) for row in whole if row.writer == lie.writer]
    changed = Row(lie.position, lie.writer, lie.sequence, lie.previous, lie.line.replace("replicas are 6", "no"))
    found = contents_of([*whole[:number], changed, *whole[number + 1 :]], {lie.writer: here}).problems
    assert (found[0].chain, found[0].line) == (lie.writer, lie.sequence) or found[0].line == lie.sequence + 1
    assert any(problem.line == lie.sequence and "keeps" in problem.reason for problem in found)


def test_the_newest_lines_can_be_cut_off_a_file_without_a_witness(tmp_path: Path) -> None:
    """What a chain cannot tell, and the page about the journal says so."""
    journal = FileJournal(tmp_path)
    for number in range(3):
        journal.append(outcome(f"i{number}"))
    lines = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(b"".join(lines[:2]))
    assert journal.load().problems == ()


def test_half_a_line_that_a_bad_disk_kept_hides_no_later_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = OwnChain(tmp_path, "ann")
    first = chain.append(outcome("i1"), seen=0, durable=True)
    write = os.write

    def write_ten_bytes_and_fail(file: int, content: bytes) -> int:
        write(file, bytes(content[:10]))
        raise OSError(28, "No space left on device")

    def fail(file: int, size: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write_ten_bytes_and_fail)
        patch.setattr(os, "ftruncate", fail)
        with pytest.raises(OSError, match="No space left"):
            chain.append(outcome("i2"), seen=0, durable=True)
    second = chain.append(outcome("i3"), seen=0, durable=True)
    chain.close()
    assert lines_of(chain.path) == [first, second]

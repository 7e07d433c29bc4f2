"""What is kept on disk, and that nothing which may be wrong there is believed."""

import os
import resource
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.series import Grid
from console.history.block import Block
from console.history.cache import DiskCache, Key, cache_directory

KEY = Key("http://prometheus:9090", "me", "up", 300.0, "last 3")
GRID = Grid(900.0, 300.0, 3)
BLOCK = Block(GRID, (b'{"model":"a"}', b'{"model":"b"}'), array("d", [1.0, 2.0, 3.0, float("nan"), float("inf"), -0.0]))


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def make(tmp_path: Path, said: list[str]) -> Callable[..., DiskCache]:
    def make(now: float = 1e9, **limits: float) -> DiskCache:
        return DiskCache(tmp_path / "cache", said.append, lambda: now, **limits)  # type: ignore[arg-type]

    return make


def kept_file(tmp_path: Path) -> Path:
    (file,) = (tmp_path / "cache").iterdir()
    return file


def test_what_was_kept_is_read_again_bit_by_bit(make: Callable[..., DiskCache], tmp_path: Path) -> None:
    make().keep(KEY, BLOCK)
    block = make().load(KEY)
    assert block is not None
    assert (block.grid, block.keys, block.matrix.tobytes()) == (GRID, BLOCK.keys, BLOCK.matrix.tobytes())
    assert kept_file(tmp_path).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("part", ["source", "identity", "expression", "part"])
def test_other_keys_know_nothing_of_it(make: Callable[..., DiskCache], part: str) -> None:
    make().keep(KEY, BLOCK)
    other = {field: getattr(KEY, field) for field in KEY.__struct_fields__} | {part: "another"}
    assert make().load(Key(**other)) is None


@given(st.data())
def test_no_damage_is_believed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    said: list[str] = []
    folder = tmp_path_factory.mktemp("damage")
    DiskCache(folder, said.append, lambda: 0.0).keep(KEY, BLOCK)
    (file,) = folder.iterdir()
    content = bytearray(file.read_bytes())
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content)
    block = DiskCache(folder, said.append, lambda: 0.0).load(KEY)
    if block is not None:  # what was hit says nothing that counts, such as the letter case of a number
        assert (block.keys, block.matrix.tobytes()) == (BLOCK.keys, BLOCK.matrix.tobytes())
    else:
        assert len(said) == 1


def test_a_file_of_somebody_else_is_told_once(make: Callable[..., DiskCache], tmp_path: Path, said: list[str]) -> None:
    make().keep(KEY, BLOCK)
    kept_file(tmp_path).write_text("points of another program\n")
    cache = make()
    assert cache.load(KEY) is None
    assert cache.load(KEY) is None
    assert len(said) == 1
    assert "no file of this version" in said[0]


def test_a_directory_that_cannot_be_written_is_told_once_and_done_without(tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "file").write_text("")
    cache = DiskCache(tmp_path / "file" / "cache", said.append, lambda: 0.0)
    for part in ("a", "b"):
        cache.keep(Key("s", "i", "e", 1.0, part), BLOCK)
    cache.tidy()
    assert len(said) == 1
    assert "cannot be written" in said[0]


def test_a_full_disk_leaves_nothing_behind(make: Callable[..., DiskCache], tmp_path: Path, said: list[str]) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))  # no file of this process may grow further
    try:
        make().keep(KEY, BLOCK)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert len(said) == 1
    assert "cannot be written" in said[0]
    assert not list((tmp_path / "cache").iterdir())


def test_old_files_and_then_the_oldest_are_removed(make: Callable[..., DiskCache], tmp_path: Path) -> None:
    keys = [Key("s", "i", "e", 1.0, str(number)) for number in range(4)]
    cache = make(now=1e9)
    for number, key in enumerate(keys):
        cache.keep(key, BLOCK)
        os.utime(tmp_path / "cache" / key.file_name, (1e9 - 1000 * (4 - number),) * 2)
    size = (tmp_path / "cache" / keys[0].file_name).stat().st_size
    make(now=1e9, longest_age=3500.0).tidy()
    assert len(list((tmp_path / "cache").iterdir())) == 4, "nothing is removed by who wrote nothing"
    aged = make(now=1e9, longest_age=3500.0)
    aged.keep(keys[3], BLOCK)
    aged.tidy()
    assert aged.load(keys[0]) is None
    small = make(now=1e9, most_bytes=2 * size)
    small.keep(keys[3], BLOCK)
    small.tidy()
    assert [small.load(key) is not None for key in keys] == [False, False, True, True]


def test_points_of_an_expression_that_no_header_holds_are_not_kept(
    make: Callable[..., DiskCache], said: list[str]
) -> None:
    for length, is_kept in ((60_000, True), (66_000, False)):
        key = Key("s", "i", "x" * length, 1.0, "last 3")
        make().keep(key, BLOCK)
        assert (make().load(key) is not None) is is_kept
    assert said == []


def test_the_directory_is_that_of_the_user() -> None:
    assert cache_directory({"XDG_CACHE_HOME": "/c", "HOME": "/h"}) == Path("/c/incident-console/history")
    assert cache_directory({"XDG_CACHE_HOME": "relative", "HOME": "/h"}) == Path("/h/.cache/incident-console/history")
    assert cache_directory({}) is None

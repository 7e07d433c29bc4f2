"""Playbooks that change while a console runs: what changed is read, what broke keeps its last version."""

import os
from pathlib import Path

import pytest

from console.playbooks import packs
from console.playbooks.library import LiveLibrary
from console.playbooks.load import Loaded, load_file
from tests.playbooks.examples import SMALLEST

SECOND = SMALLEST.replace("version: 1", "version: 2")
BROKEN = SECOND.replace("next: end", "next: nowhere")


def version(library: LiveLibrary, playbook_id: str = "smallest") -> int | None:
    found = library.find(playbook_id)
    return found.metadata.version if found is not None else None


def problems(library: LiveLibrary) -> list[str]:
    return [str(problem) for problem in library.now.own_problems]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "smallest.yaml").write_text(SMALLEST)
    return tmp_path


def test_a_changed_file_is_read_again(pack: Path) -> None:
    library = LiveLibrary([pack])
    assert version(library) == 1
    (pack / "smallest.yaml").write_text(SECOND)
    assert version(library) == 1
    library.reread()
    assert version(library) == 2
    assert [head.metadata.version for head in library.heads if head.id == "smallest"] == [2]


def test_a_file_that_broke_keeps_its_last_version_and_says_so(pack: Path) -> None:
    library = LiveLibrary([pack])
    (pack / "smallest.yaml").write_text(BROKEN)
    library.reread()
    assert version(library) == 1
    assert problems(library) == [
        f"{pack}/smallest.yaml:14:11: unknown step 'nowhere'; expected one of end, look; version 1 of it is kept"
    ]
    library.reread()
    assert version(library) == 1
    (pack / "smallest.yaml").write_text("[")
    library.reread()
    assert version(library) == 1
    assert "not YAML" in problems(library)[0]
    (pack / "smallest.yaml").write_text(SECOND)
    library.reread()
    assert version(library) == 2
    assert problems(library) == []


def test_a_file_that_comes_is_read_and_one_that_goes_is_forgotten(pack: Path) -> None:
    library = LiveLibrary([pack])
    (pack / "other.yaml").write_text(SMALLEST.replace("id: smallest", "id: other"))
    library.reread()
    assert version(library, "other") == 1
    (pack / "smallest.yaml").unlink()
    library.reread()
    assert version(library) is None
    assert version(library, "other") == 1


def test_a_directory_that_cannot_be_read_keeps_its_playbooks(pack: Path, tmp_path: Path) -> None:
    library = LiveLibrary([pack])
    away = pack.rename(pack.with_name("away"))
    library.reread()
    assert version(library) == 1
    assert problems(library) == [f"{pack}:1:1: cannot be read: No such file or directory"]
    away.rename(pack)
    library.reread()
    assert problems(library) == []


def test_only_changed_files_are_read_and_nothing_new_is_the_same_library(
    pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pack / "other.yaml").write_text(SMALLEST.replace("id: smallest", "id: other"))
    library = LiveLibrary([pack])
    before = library.now
    read: list[str] = []

    def noting(path: Path, *_: object) -> Loaded:
        read.append(path.name)
        return load_file(path)

    monkeypatch.setattr(packs, "load_file", noting)
    library.reread()
    assert library.now is before
    assert read == []
    (pack / "other.yaml").write_text(SECOND.replace("id: smallest", "id: other"))
    library.reread()
    assert read == ["other.yaml"]


def test_a_file_of_the_same_size_and_time_is_seen_to_have_changed(pack: Path) -> None:
    path = pack / "smallest.yaml"
    library = LiveLibrary([pack])
    status = path.stat()
    path.write_text(SECOND)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    library.reread()
    assert version(library) == 2


def test_without_directories_there_is_nothing_to_read() -> None:
    library = LiveLibrary()
    assert library.is_fixed
    before = library.now
    library.reread()
    assert library.now is before


def test_a_pipe_is_no_playbook_and_a_directory_named_twice_is_one(pack: Path) -> None:
    os.mkfifo(pack / "pipe.yaml")
    library = LiveLibrary([pack, pack])
    assert version(library) == 1
    assert problems(library) == []
    assert library.now.origin_of("smallest").replaces == ()
    (pack / "gone.yaml").symlink_to(pack / "nowhere.yaml")
    library.reread()
    assert problems(library) == [f"{pack}/gone.yaml:1:1: cannot be read: No such file or directory"]

import subprocess
import sys
from datetime import date
from pathlib import Path

from console.playbooks.files import playbook_files
from console.playbooks.library import COMPILED_HEADS, Library, compile_heads, shipped_directory
from console.playbooks.packs import Origin
from tests.playbooks.examples import SMALLEST


def write(directory: Path, name: str, text: str) -> None:
    directory.mkdir(exist_ok=True)
    (directory / name).write_text(text, encoding="utf-8")


def test_the_shipped_playbooks_are_sound() -> None:
    library = Library.load()
    assert [str(problem) for problem in library.problems] == []
    assert "scale-out" in {playbook.id for playbook in library.playbooks}


def test_every_shipped_playbook_names_itself_after_its_file() -> None:
    library = Library.load()
    assert {path.stem for path in playbook_files(shipped_directory())} == {p.id for p in library.playbooks}


def test_the_heads_that_a_summary_reads_are_made_from_the_yaml() -> None:
    assert COMPILED_HEADS.read_bytes() == compile_heads(), "run make generated"
    assert Library.load().heads == tuple(playbook.head for playbook in Library.load().playbooks)


def test_a_broken_file_is_a_problem_and_the_others_load(tmp_path: Path) -> None:
    write(tmp_path, "good.yaml", SMALLEST)
    write(tmp_path, "bad.yml", SMALLEST.replace("next: end", "next: nowhere"))
    write(tmp_path, "notes.txt", "not a playbook")
    library = Library.load([tmp_path], shipped=False)
    assert [playbook.id for playbook in library.playbooks] == ["smallest"]
    assert [str(problem) for problem in library.problems] == [
        f"{tmp_path}/bad.yml:14:11: unknown step 'nowhere'; expected one of end, look"
    ]


def test_a_playbook_of_a_directory_stands_in_for_the_shipped_one(tmp_path: Path) -> None:
    write(
        tmp_path, "mine.yaml", SMALLEST.replace("id: smallest", "id: scale-out").replace("smallest playbook", "my way")
    )
    library = Library.load([tmp_path])
    found = library.find("scale-out")
    assert found is not None
    assert found.metadata.title == "The my way"
    assert library.problems == ()


def test_a_later_directory_stands_in_for_earlier_ones(tmp_path: Path) -> None:
    write(tmp_path / "a", "one.yaml", SMALLEST)
    write(tmp_path / "b", "two.yaml", SMALLEST.replace("The smallest", "Another"))
    write(tmp_path / "b", "scale.yaml", SMALLEST.replace("id: smallest", "id: scale-out"))
    library = Library.load([tmp_path / "a", tmp_path / "b"])
    found = library.find("smallest")
    assert found is not None
    assert found.metadata.title == "Another playbook"
    assert library.problems == ()
    assert library.origin_of("smallest") == Origin(tmp_path / "b" / "two.yaml", (tmp_path / "a" / "one.yaml",))
    shipped = shipped_directory() / "scale-out.yaml"
    assert library.origin_of("scale-out") == Origin(tmp_path / "b" / "scale.yaml", (shipped,))
    assert library.origin_of("bad-replica") == Origin(shipped_directory() / "bad-replica.yaml")


def test_an_id_is_unique_within_a_directory(tmp_path: Path) -> None:
    write(tmp_path, "one.yaml", SMALLEST)
    write(tmp_path, "two.yaml", SMALLEST.replace("The smallest", "Another"))
    library = Library.load([tmp_path], shipped=False)
    assert [playbook.metadata.title for playbook in library.playbooks] == ["The smallest playbook"]
    assert [str(p) for p in library.problems] == [
        f"{tmp_path}/two.yaml:1:1: the id 'smallest' is taken by one.yaml; this one is left out"
    ]


def test_a_directory_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    library = Library.load([tmp_path / "absent"], shipped=False)
    assert [problem.text for problem in library.problems] == ["cannot be read: No such file or directory"]


def test_a_stale_review_warns_from_a_given_day_on(tmp_path: Path) -> None:
    write(tmp_path, "old.yaml", SMALLEST)
    library = Library.load([tmp_path], shipped=False, today=date(2028, 1, 1))
    assert [problem.is_warning for problem in library.problems] == [True]
    assert library.find("smallest") is not None


def test_the_heads_are_those_of_the_whole_playbooks(tmp_path: Path) -> None:
    write(tmp_path, "mine.yaml", SMALLEST)
    library = Library.load([tmp_path])
    assert library.heads == tuple(playbook.head for playbook in library.playbooks)
    assert {head.id for head in library.heads} > {"smallest"}


def test_a_summary_of_shipped_playbooks_reads_their_heads_only() -> None:
    code = (
        "import sys; from console.playbooks.library import Library; from console.playbooks.match import offers;"
        "print(len(Library.load().heads), 'console.playbooks.document' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert int(told[0]) >= 1
    assert told[1] == "False"

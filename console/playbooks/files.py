"""Which files of a directory are playbooks, and which are tests of playbooks."""

from pathlib import Path

from console.settings.yaml_source import yaml_files

TEST_SUFFIXES = (".test.yaml", ".test.yml")
"""How the names of tests end, which stand beside their playbooks: scale-out.test.yaml."""


def is_test(path: Path) -> bool:
    """Return whether a file holds cases of a playbook, by its name."""
    return path.name.endswith(TEST_SUFFIXES)


def playbook_files(directory: Path) -> list[Path]:
    """Return the playbooks of a directory, sorted.

    Raises:
        OSError: the directory cannot be read.
    """
    return [path for path in yaml_files(directory) if not is_test(path) and _can_be_read(path)]


def case_files(directory: Path) -> list[Path]:
    """Return the tests of a directory, sorted.

    Raises:
        OSError: the directory cannot be read.
    """
    return [path for path in yaml_files(directory) if is_test(path) and _can_be_read(path)]


def has_yaml(directory: Path) -> bool:
    """Return whether a directory holds any YAML; one that cannot be read may, and reading it says why."""
    try:
        return bool(yaml_files(directory))
    except OSError:
        return True


def _can_be_read(path: Path) -> bool:
    """Return whether a path is no pipe or device, which would never end; a link to nothing is told when it is read."""
    return path.is_file() or not path.exists()

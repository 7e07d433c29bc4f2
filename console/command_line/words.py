"""The words in which commands are described: values, flags, arguments, commands."""

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

import msgspec

from console.domain.moments import BadMoment, parse_duration

MOST_PORT = 65_535


class Completes(Enum):
    """With what a shell completes a value."""

    NOTHING = "nothing"
    CHOICES = "choices"
    FILES = "files"
    DIRECTORIES = "directories"
    PLAYBOOKS = "playbooks"
    ACTIONS = "actions"
    SCENARIOS = "scenarios"


class Value(msgspec.Struct, frozen=True):
    """A kind of value: how the help calls it, with what a shell completes it, and how it is read (None: as text).

    `read` raises BadMoment for a text that is no such value.
    """

    metavar: str
    completes: Completes = Completes.NOTHING
    choices: tuple[str, ...] = ()
    read: Callable[[str], Any] | None = None


def read_address(text: str) -> tuple[str, int]:
    """Return the host and the port of `HOST:PORT`; an IPv6 host stands in brackets, without a host all are meant.

    Raises:
        BadMoment: the text is no such address.
    """
    host, separator, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    is_host = (":" in host) == (bare != host)
    is_port = port.isascii() and port.isdigit() and int(port) <= MOST_PORT
    if not (separator and is_host and is_port):
        raise BadMoment(f"{text!r} is no address; expected HOST:PORT such as 127.0.0.1:9187 or [::1]:9187")
    return bare, int(port)


NAME = Value("NAME")
REFERENCE = Value("URL|WINDOW")  # read where the clock is
URL = Value("URL")
ADDRESS = Value("HOST:PORT", read=read_address)
GLOB = Value("GLOB")
TIME = Value("TIME")  # read where the clock is
DURATION = Value("DURATION", read=parse_duration)
FILE = Value("FILE", Completes.FILES)
DIRECTORY = Value("DIR", Completes.DIRECTORIES)
PATH = Value("PATH", Completes.FILES)
PLAYBOOK = Value("ID", Completes.PLAYBOOKS)
ACTION = Value("ACTION", Completes.ACTIONS)
HASH = Value("HASH")
ASSIGNMENT = Value("NAME=VALUE")
SCENARIO = Value("NAME", Completes.SCENARIOS)


def one_of(metavar: str, *choices: str) -> Value:
    """Return the kind of value that is one of some words."""
    return Value(metavar, Completes.CHOICES, choices)


class Flag(msgspec.Struct, frozen=True):
    """A flag; without a value it is a switch. A repeatable one gathers its values in a list."""

    name: str
    help: str
    value: Value | None = None
    repeatable: bool = False
    default: str | None = None

    @property
    def attribute(self) -> str:
        """Return the name under which its value is found among the parsed options."""
        return self.name.lstrip("-").replace("-", "_")


HELP = Flag("--help", "show this help message and exit")
VERSION = Flag("--version", "print the version")
"""Flags that end the program before any command: help is for every command, the version for the program alone."""


class Argument(msgspec.Struct, frozen=True):
    """What stands behind a command without a flag; `several` takes any number, none too, `optional` one or none."""

    name: str
    help: str
    value: Value
    several: bool = False
    optional: bool = False


class Example(msgspec.Struct, frozen=True):
    """A command line, without the program's name, and what it is good for."""

    arguments: str
    told: str


class Command(msgspec.Struct, frozen=True):
    """A command, or a group of commands (the only one that may run as well is the program itself).

    `help` is a line that begins with a verb in lower case, `description` are whole sentences for the man page.
    """

    name: str
    help: str
    flags: tuple[Flag, ...] = ()
    arguments: tuple[Argument, ...] = ()
    commands: "tuple[Command, ...]" = ()
    description: str = ""
    examples: tuple[Example, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    """Flags that somebody may expect here, each with the line that says why there is none."""

    def find(self, name: str) -> "Command | None":
        """Return the command of this group that has a name."""
        return next((command for command in self.commands if command.name == name), None)

    def walk(self, path: tuple[str, ...] = ()) -> "Iterator[tuple[tuple[str, ...], Command]]":
        """Yield every command below this one with the words that lead to it, groups before what they hold."""
        for command in self.commands:
            yield (*path, command.name), command
            yield from command.walk((*path, command.name))

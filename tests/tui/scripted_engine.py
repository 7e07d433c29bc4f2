"""An engine that plays what a test wrote: it reads nothing and acts on nothing."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from console.domain.command import Command
from console.tui.messages import Value

Answers = Mapping[type[object], Sequence[Value]]


class ScriptedEngine:
    """Publishes some values when it is started and others in answer to each kind of command; remembers the commands."""

    def __init__(
        self,
        publish: Callable[[Value], None],
        crashed: Callable[[BaseException], None],
        first: Sequence[Value],
        answers: Answers,
    ) -> None:
        self.publish = publish
        self.crashed = crashed
        self.commands: list[Command] = []
        self.started = asyncio.Event()
        self.is_stopped = False
        self._first = first
        self._answers = answers

    def start(self) -> None:
        for value in self._first:
            self.publish(value)
        self.started.set()

    def send(self, command: Command) -> None:
        self.commands.append(command)
        for value in self._answers.get(type(command), ()):
            self.publish(value)

    def stop(self, seconds: float) -> bool:
        self.is_stopped = True
        return True

    def sent(self, kind: type[Command]) -> list[Command]:
        """Return the commands of one kind."""
        return [command for command in self.commands if isinstance(command, kind)]

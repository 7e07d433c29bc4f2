"""The launcher with a scripted engine, as a program of its own: `program.py KIND DIRECTORY`.

Commands are appended to `DIRECTORY/commands`. The kinds are `plain`, `chatty` (publishes without end, so that a
terminal that nobody reads fills up), `raises` (its engine fails when it gets a command) and `crashes` (its engine ends
by itself). `$CLIPBOARD_MODE` is the setting `clipboard`.
"""

import itertools
import os
import sys
import threading
import time
from pathlib import Path

from console.tui.launch import prepare_textual, show

prepare_textual()

from console.domain.command import Command, StartRun  # noqa: E402 -- after Textual is prepared, as in the launcher
from console.settings.settings import Settings  # noqa: E402
from tests.tui import scenes  # noqa: E402
from tests.tui.scripted_engine import ScriptedEngine  # noqa: E402

CANARY = "canary-secret-4711"


class ProgramEngine(ScriptedEngine):
    """Writes down what it is sent, and misbehaves as the kind says."""

    kind: str
    directory: Path

    def start(self) -> None:
        super().start()
        if self.kind == "chatty":
            threading.Thread(target=self._chat, daemon=True).start()
        if self.kind == "crashes":
            threading.Thread(target=self._crash, daemon=True).start()

    def send(self, command: Command) -> None:
        with (self.directory / "commands").open("a", encoding="utf-8") as file:
            file.write(f"{type(command).__name__}\n")
        if self.kind == "raises":
            token = CANARY
            raise RuntimeError(f"the server said no to {token}")
        super().send(command)

    def _chat(self) -> None:
        for sequence in itertools.count():
            further = (scenes.healthy(f"m{number}-{sequence}") for number in range(30))
            self.publish(scenes.fleet(*further, sequence=sequence))
            time.sleep(0.02)

    def _crash(self) -> None:
        token = CANARY
        try:
            try:
                raise RuntimeError(f"no answer for {token}")
            except RuntimeError as error:
                raise ExceptionGroup(f"several for {token}", [error]) from error
        except ExceptionGroup as error:
            self.crashed(error)


def main(kind: str, directory: Path) -> int:
    def make_engine(publish, crashed):  # type: ignore[no-untyped-def]  # the types are those of ConsoleApp's argument
        engine = ProgramEngine(publish, crashed, (scenes.fleet(),), {StartRun: (scenes.planned(),)})
        engine.kind, engine.directory = kind, directory
        return engine

    mode = os.environ.get("CLIPBOARD_MODE", "auto")
    settings = Settings(state_directory=str(directory / "state"), clipboard=mode)  # type: ignore[arg-type]  # a test's
    return show(make_engine, settings, environment=os.environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))

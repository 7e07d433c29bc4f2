"""Scripts with which a shell completes command lines; each is made from the registry and needs nothing else."""

from collections.abc import Callable

from console.command_line.completion.bash import bash_script
from console.command_line.completion.fish import fish_script
from console.command_line.completion.zsh import zsh_script
from console.command_line.words import Command

SCRIPTS: dict[str, Callable[[Command], str]] = {"bash": bash_script, "zsh": zsh_script, "fish": fish_script}
"""What makes the script of each shell."""

"""Functions of an engine that ibis has no expression for."""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis


def builtin(name: str, takes: tuple[str, ...], gives: str) -> "Callable[..., ibis.Value]":
    """Return a function of the engine by its name, which is never text from outside; its arguments are values.

    `takes` and `gives` are types in ibis' words.
    """
    import ibis

    def function(*_: object) -> None: ...

    parameters = [Parameter(f"value_{place}", Parameter.POSITIONAL_ONLY) for place, _ in enumerate(takes)]
    function.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # ibis asks for as many as are given
    made: Callable[..., ibis.Value] = ibis.udf.scalar.builtin(function, name=name, signature=(takes, gives))
    return made

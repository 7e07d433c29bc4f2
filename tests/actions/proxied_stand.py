"""A stand of the contract for actions over HTTP: what stands before their server passes everything on, or lies."""

from collections.abc import Mapping

from console.actions.provider import Action, Occasion
from tests.faults.lying_proxy import LyingProxy, Wanted
from tests.sources.lying_server import CLOSE, Lie


class ProxiedStand:
    """An action through a proxy; `changes` chooses the requests that change something, `rehearses` the dry runs.

    `is_found_again` is whether the system can be asked for what one request did.
    """

    is_found_again = True

    def __init__(
        self,
        action: Action,
        occasion: Occasion,
        arguments: Mapping[str, object],
        *,
        proxy: LyingProxy,
        changes: Wanted,
        rehearses: Wanted = lambda _: False,
    ) -> None:
        self.action = action
        self.occasion = occasion
        self.arguments = arguments
        self.proxy = proxy
        self.changes = changes
        self._rehearses = rehearses

    @property
    def sent(self) -> int:
        return self.proxy.asked(self.changes)

    @property
    def rehearsed(self) -> int:
        return self.proxy.asked(self._rehearses)

    async def state(self) -> object:
        raise NotImplementedError("each system is read in a way of its own")

    async def pass_time(self, seconds: float) -> None:
        raise NotImplementedError("each console has a clock of its own")

    async def change_before_commit(self) -> str:
        raise NotImplementedError("nobody changes what this is planned from")

    async def change_after_commit(self) -> str:
        raise NotImplementedError("nobody changes what this has set")

    async def forbid(self) -> None:
        self.proxy.lie(Lie(403, b'{"message": "viewers only"}'))

    async def lose_answer(self) -> None:
        self.answer_instead(CLOSE)

    async def lose_request(self) -> None:
        self.answer_for(CLOSE)

    def answer_instead(self, lie: Lie) -> None:
        """Let the server do what it is asked for from now on, and answer something else."""
        self.proxy.twist(lambda _: lie, self.changes)

    def answer_for(self, lie: Lie) -> None:
        """Answer from now on for the server, which gets nothing that would change something."""
        self.proxy.lie(lie, self.changes)

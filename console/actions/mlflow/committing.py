"""How an alias is moved: read again, sent once, and settled by reading."""

import asyncio

from console.actions.mlflow.answers import NO_ALIASES, knows_no_path
from console.actions.mlflow.moving import Moving, moving, version_in_words
from console.actions.mlflow.outcome import moved_since, outcome_by_reading
from console.actions.mlflow.server import MlflowServer, Servers
from console.actions.provider import ActionRefused, RolloutProgress
from console.actions.servers.sending import LAST_ARRIVAL_SECONDS, Sent, send
from console.actions.servers.servers import Committing
from console.domain.action import Commitment, Outcome, Plan


class AliasCommitting(Committing[Servers]):
    """Sends the plans that move an alias, and those that move it back."""

    async def commit(self, plan: Plan) -> Commitment:
        """Read the alias again, send the request once, read the alias right after, and tell what came of it."""
        move = moving(plan.request)
        try:
            server = self._servers.at(plan.target.context)
            version = await server.version_of(move.name, move.alias)
            endpoint = await server.endpoint()
        except ActionRefused as refusal:
            return self._commitment(Outcome.NOT_APPLIED, f"nothing was sent: {refusal}")
        if version != move.expects:
            return self._commitment(Outcome.NOT_APPLIED, f"nothing was sent: {moved_since(move, version)}")
        seconds = server.settings.timeout
        sent = await send(endpoint, plan.request.method, plan.request.path, move.document, seconds=seconds)
        if sent.outcome is Outcome.NOT_APPLIED:
            return await self._refused(move, server, sent)
        is_mlflows_word = sent.outcome is Outcome.APPLIED and isinstance(sent.document, dict)
        if not is_mlflows_word:
            await asyncio.sleep(self._settle_seconds)
        try:
            version = await server.version_of(move.name, move.alias)
        except ActionRefused as refusal:
            outcome = Outcome.APPLIED if is_mlflows_word else Outcome.UNKNOWN
            return self._commitment(outcome, f"{sent.told}; where the alias is cannot be read: {refusal}")
        if is_mlflows_word and version != move.version:
            now = f"and is at {version_in_words(version)} now: somebody moved it at the same time"
            return self._commitment(
                Outcome.APPLIED, f"{move.shown} was moved to {version_in_words(move.version)}, {now}"
            )
        outcome, told = outcome_by_reading(move, version, ended=sent.ended)
        return self._commitment(outcome, told if is_mlflows_word else f"{told} ({sent.told})")

    async def _refused(self, move: Moving, server: MlflowServer, sent: Sent) -> Commitment:
        """Tell of a refusal: it counts, unless the alias is where it was to be: something may have sent it twice."""
        if sent.may_be_of_a_second:
            try:
                version = await server.version_of(move.name, move.alias)
            except ActionRefused:  # and so there is nothing but the server's word
                version = move.expects
            if version == move.version:
                now = f"{move.shown} is at {version_in_words(version)}"
                return self._commitment(Outcome.APPLIED, f"{now} ({sent.told})")
        return self._commitment(Outcome.NOT_APPLIED, f"nothing was changed: {_why_not(move, sent)}")

    async def settle(self, plan: Plan, sent_at: float) -> Commitment:
        """Tell from the alias as it is now whether the request of a plan was applied; sends nothing."""
        move = moving(plan.request)
        try:
            version = await self._servers.at(plan.target.context).version_of(move.name, move.alias)
        except ActionRefused as refusal:
            return self._commitment(Outcome.UNKNOWN, f"whether it was applied cannot be read: {refusal}")
        ended = self._clock() - sent_at >= LAST_ARRIVAL_SECONDS
        return self._commitment(*outcome_by_reading(move, version, ended=ended))

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell whether the alias is where the plan moved it."""
        move = moving(plan.request)
        try:
            version = await self._servers.at(plan.target.context).version_of(move.name, move.alias)
        except ActionRefused as refusal:
            return RolloutProgress(None, None, str(refusal))
        now = f"{move.shown} is at {version_in_words(version)}"
        return RolloutProgress(True if version == move.version else None, None, now)


def _why_not(move: Moving, sent: Sent) -> str:
    """Return why a request was refused: by whom, and what would help."""
    if sent.status in (401, 403):
        return f"this login may read {move.shown}, and not move it ({sent.told})"
    if knows_no_path(sent.status, sent.document):
        return f"{sent.told}: {NO_ALIASES}"
    return sent.told

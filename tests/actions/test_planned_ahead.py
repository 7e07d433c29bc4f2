"""Every action in the cluster tells the same in a plan that is made of what was read ahead, after one request."""

from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from console.actions.contract import Case
from console.actions.registry import OpenActions
from console.engine.gate import ActionGate
from console.engine.reading_ahead import ReadingAhead
from console.transport.kubernetes.remembering_transport import RememberingTransport
from tests.actions.cluster_stand import ClusterStand
from tests.actions.test_refused_commits import every_case

DOORS = ("get", "get_text", "patch", "create", "replace", "delete", "can_i")
ASKS_ITS_PERMISSION = {"kubernetes.delete_pod"}
"""What cannot be taken back asks each time whether it may be done."""


class AlwaysOpen:
    """A gate that nobody closes."""

    def why_no_commit(self, _context: str) -> str | None:
        return None


def remembering(stand: ClusterStand, monkeypatch: pytest.MonkeyPatch) -> RememberingTransport:
    """Return what remembers for the action of a stand, set before the transport that it has already."""
    doors = {name: getattr(stand.transport, name) for name in DOORS}
    memory = RememberingTransport(cast("Any", SimpleNamespace(context=stand.transport.context, **doors)), stand.clock)
    for name in DOORS:
        monkeypatch.setattr(stand.transport, name, getattr(memory, name))
    return memory


@every_case
async def test_what_is_read_ahead_is_all_that_a_plan_reads(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    async with case.make() as stand:
        assert isinstance(stand, ClusterStand)
        action, view = stand.action, stand.occasion.view
        name = action.specification.name
        reading = ReadingAhead(
            OpenActions({name: action}, {}), cast("ActionGate", AlwaysOpen()), remembering(stand, monkeypatch)
        )
        before = await action.plan(stand.occasion, stand.arguments, may_dry_run=True)
        await reading.read(view, ((name, stand.arguments),))
        stand.cluster.forget_requests()
        read_at = stand.clock.now
        stand.clock.now += 2
        plan = await reading.plan(action, stand.occasion, stand.arguments)
        asked = [request.method for request in stand.cluster.requests]
        assert asked == [*(["POST"] if name in ASKS_ITS_PERMISSION else []), plan.request.method]
        assert plan == msgspec.structs.replace(before, made_at=read_at)

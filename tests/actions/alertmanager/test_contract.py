"""The contract of actions, held by silences in a real Alertmanager."""

from console.actions.contract import findings
from tests.actions.alertmanager.stands import cases
from tests.services import Servers


async def test_silences_do_what_every_action_must(servers: Servers) -> None:
    assert await findings(cases(servers.alertmanager())) == []

"""Some random evenings; `make soak` plays a thousand."""

import pytest

from tests.tui.random_keys import play

BATCHES = 10
EVENINGS = 5
SENDING = (13, 16, 19, 21, 23)


@pytest.mark.parametrize("batch", range(BATCHES))
async def test_nothing_is_sent_that_was_not_meant(batch: int) -> None:
    evenings = [await play(seed) for seed in range(batch * EVENINGS, (batch + 1) * EVENINGS)]
    assert sum(evening.shown for evening in evenings) > 0


async def test_the_evenings_do_send_something() -> None:
    """Seeds whose evenings end in a commit: an oracle that sees none proves nothing."""
    assert sum([(await play(seed)).sent for seed in SENDING]) > 0

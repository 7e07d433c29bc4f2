"""Some random evenings; `make soak` plays a thousand."""

import pytest

from tests.tui.random_keys import play

BATCHES = 10
EVENINGS = 5
SENDING = (13, 16, 23, 35, 47, 49)


@pytest.mark.parametrize("batch", range(BATCHES))
async def test_nothing_is_sent_that_was_not_meant(batch: int) -> None:
    """An evening in which something is sent that was not raises; most evenings come to no plan at all."""
    evenings = [await play(seed) for seed in range(batch * EVENINGS, (batch + 1) * EVENINGS)]
    assert all(evening.sent <= evening.shown for evening in evenings)


async def test_the_evenings_do_send_something() -> None:
    """Seeds whose evenings end in a commit: an oracle that sees none proves nothing."""
    evenings = [await play(seed) for seed in SENDING]
    assert sum(evening.shown for evening in evenings) > 0
    assert sum(evening.sent for evening in evenings) > 0

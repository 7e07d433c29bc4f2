from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.actions.seldon.world import SeldonWorld, a_seldon_world


@pytest.fixture
async def seldon(tmp_path: Path) -> AsyncIterator[SeldonWorld]:
    """A cluster in which Seldon Core 2 serves `iris` and `iris2`."""
    async with a_seldon_world(tmp_path) as made:
        yield made

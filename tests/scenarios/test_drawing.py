"""What is drawn at random always comes to an end."""

import numpy as np

from tests.scenarios.drawing import Drawer
from tests.scenarios.world import Theatre

SUNDAY = 1_770_552_000.0
"""Sunday, 2026-02-08, noon UTC."""


def test_a_busy_model_is_drawn_on_a_sunday_too() -> None:
    draw = Drawer(np.random.default_rng(3), Theatre(SUNDAY - 3600.0, SUNDAY + 3600.0))
    sketch = draw.sketch(SUNDAY, busy=(0.6, 0.6), busiest=0.61)
    assert sketch.model.profile.traffic > 0

"""A signal that is odd alone stands on the model's page, with since when, and makes no model a warning."""

import msgspec

from console.domain.snapshot import Oddity
from console.tui.panels.incident import incident_lines
from tests.tui.scenes import AT, healthy


def test_the_page_of_a_model_tells_what_is_odd_of_it() -> None:
    odd = Oddity("latency_p99", AT - 300, "p99 latency 0.60 s, usual at this hour 0.28 s to 0.32 s")
    view = msgspec.structs.replace(healthy("ads"), oddities=(odd,))
    told = "\n".join("".join(span.text for span in line.spans) for line in incident_lines(view, None, AT, (), ()))
    assert told.splitlines()[0].endswith(" ok")
    assert "· p99 latency 0.60 s, usual at this hour 0.28 s to 0.32 s · since" in told
    assert "(5 min)" in told

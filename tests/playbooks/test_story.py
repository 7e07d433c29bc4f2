"""What the lines of a run tell of a request that was confirmed, by their order: clocks may be set back."""

import msgspec
import pytest

from console.journal.events import Event
from console.journal.who import Who
from console.playbooks.events import Chosen, Committing, MachineEvent, TakenOver
from console.playbooks.story import confirmed_intent, line_of
from tests.engine.scaling import scale_out
from tests.journal.samples import ANN, REFERENCE, intent, scale_plan

BO = Who("bo", "laptop")
HASH = scale_plan().hash
TAKEN = TakenOver(at=8.0, by="bo")


def line(event: MachineEvent, who: Who = ANN, run_id: str = REFERENCE.run_id) -> Event:
    return line_of(event, who, run_id, scale_out())


def confirmed(plan_hash: str = HASH, at: float = 9.0) -> Committing:
    return Committing(at=at, step=REFERENCE.step_id, plan_hash=plan_hash)


def chosen(key: str, step: str = REFERENCE.step_id) -> Chosen:
    return Chosen(at=9.0, step=step, key=key)


@pytest.mark.parametrize(
    ("behind", "expected"),
    [
        pytest.param((), "i1", id="nothing happened since"),
        pytest.param((line(confirmed(at=1.0)),), None, id="confirmed again, by a clock set back"),
        pytest.param((line(confirmed(at=99.0)), intent("i2", 2.0)), "i2", id="sent again, by a clock set back"),
        pytest.param((line(confirmed("another")),), "i1", id="another plan was confirmed"),
        pytest.param((line(confirmed(), run_id="another"),), "i1", id="another run confirmed the same"),
        pytest.param((line(chosen("s")),), None, id="its messages are sent again"),
        pytest.param((line(chosen("s", step="tell")),), "i1", id="the messages of another step are sent"),
        pytest.param((line(chosen("x")),), "i1", id="another answer was given"),
        pytest.param((line(TAKEN, BO),), "i1", id="the run was taken up"),
        pytest.param((line(TAKEN, BO), line(confirmed())), "i1", id="confirmed by who lost the run"),
        pytest.param((line(TAKEN, BO), line(confirmed(), BO)), None, id="confirmed by who took it up"),
    ],
)
def test_an_intent_counts_until_its_plan_is_confirmed_again(behind: tuple[Event, ...], expected: str | None) -> None:
    elsewhere = msgspec.structs.replace(intent("i0"), reference=msgspec.structs.replace(REFERENCE, run_id="another"))
    events = (line(confirmed()), intent("i1", 5.0), elsewhere, intent("i9", 6.0, scale_plan(6, 3)), *behind)
    found = confirmed_intent(events, HASH, REFERENCE)
    assert (found.intent_id if found is not None else None) == expected

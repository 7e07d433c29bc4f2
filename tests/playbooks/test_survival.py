"""A run keeps the playbook that it began with: as plain values in the journal, from which it must come back whole."""

import msgspec

from console.playbooks.document import Playbook
from console.playbooks.library import Library
from tests.playbooks.examples import whole


def test_every_playbook_comes_back_from_the_journal_as_it_went() -> None:
    for playbook in (*Library.load().playbooks, whole()):
        line = msgspec.json.encode(msgspec.to_builtins(playbook))
        assert msgspec.convert(msgspec.json.decode(line), Playbook) == playbook

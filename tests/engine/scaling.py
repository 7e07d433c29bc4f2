"""The playbook that tests of runs follow: one that stays as it is while the shipped ones are made better."""

from pathlib import Path

from console.playbooks.document import Playbook
from console.playbooks.library import Library

SCALING = Library.load([Path(__file__).with_name("playbooks")], shipped=False)
"""A library that holds nothing but `scale-out`."""


def scale_out() -> Playbook:
    """Return the playbook that the library of these tests holds."""
    (playbook,) = SCALING.playbooks
    return playbook

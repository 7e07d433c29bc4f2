"""Pipelines that train models anew: which one for which models, and with which parameters."""

from fnmatch import fnmatchcase
from typing import Any

import msgspec

from console.domain.model import Model
from console.settings.bad_document import BadKey
from console.settings.nearest import did_you_mean
from console.settings.slots import Slot, SlotName, Words, require_known, slots_in, why_not_in_slot
from console.settings.webhooks import FACTS


class RetrainingPipeline(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The pipeline that trains the models whose id or name matches a glob; the first that matches a model counts.

    `pipeline`, `version` and `experiment` are ids or names; without a version it is the newest, without an experiment
    that of the server's settings. In the parameters `$slot` stands for the value of a slot; `defaults` are the values
    of slots that nobody gives.
    """

    match: Words
    pipeline: Words
    version: Words | None = None
    experiment: Words | None = None
    service_account: Words | None = None
    parameters: dict[str, Any] = {}
    slots: dict[SlotName, Slot] = {}
    defaults: dict[SlotName, str | int] = {}

    def __post_init__(self) -> None:
        for keys, name in slots_in(self.parameters):
            require_known(("parameters", *keys), name, (*self.slots, *FACTS))
        for name, value in self.defaults.items():
            slot = self.slots.get(name)
            if slot is None:
                known = did_you_mean(name, self.slots) if self.slots else "there is none"
                raise BadKey(("defaults", name), f"'{name}' is no slot, {known}")
            if (wrong := why_not_in_slot(name, slot, value)) is not None:
                raise BadKey(("defaults", name), wrong)

    def trains(self, model: Model) -> bool:
        """Return whether this pipeline is for a model."""
        return any(fnmatchcase(text, self.match) for text in (model.id, model.name.raw))

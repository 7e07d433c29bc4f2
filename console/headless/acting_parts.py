"""The engine's parts for a command that plans or sends actions."""

import os
import time
from collections.abc import Callable

from console.domain.run import Run
from console.engine.parts import Parts
from console.headless.commands.mistakes import as_bad_settings
from console.settings.load import BadSettings
from console.settings.settings import Settings
from console.transport.kubernetes.errors import KubeconfigError


def acting_parts(settings: Settings, publish: Callable[[Run], None]) -> Parts:
    """Return what an engine works with in the present; runs that have changed are published.

    Nothing is read ahead, and nothing is taken back by itself: what a command changes is the plan whose hash it was
    given, and nothing beside it.

    Raises:
        BadSettings: a secret, a URL, a preset, the kubeconfig or its context cannot be used.
    """
    with as_bad_settings():
        try:
            return Parts(
                settings,
                environment=os.environ,
                clock=time.time,
                at=None,
                publish=publish,
                takes_back=False,
                is_attended=False,
            )
        except KubeconfigError as error:
            raise BadSettings([str(error)]) from None

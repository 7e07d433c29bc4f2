"""A refresher for a command: every mistake in what the settings point to is told like one in the settings."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from console.engine.refresh import Refresher
from console.headless.commands.mistakes import as_bad_settings
from console.headless.diagnostics import narrate
from console.settings.settings import Settings

if TYPE_CHECKING:
    from console.transport.kubernetes.protocol import KubernetesTransport


@asynccontextmanager
async def open_refresher(settings: Settings, *, live: bool, patience: float | None = None) -> AsyncIterator[Refresher]:
    """Open what reads the fleet; `live` says whether it will read the present, and so may ask the cluster.

    `patience` is for how many seconds alerts and predictions are waited for when the metrics are there, None for as
    long as their servers may take.

    Raises:
        BadSettings: a secret, a URL or a preset cannot be used.
    """
    async with AsyncExitStack() as stack:
        transport = _cluster(settings) if live else None
        if transport is not None:
            stack.push_async_callback(transport.close)
        with as_bad_settings():
            refresher = Refresher(
                settings,
                environment=os.environ,
                clock=time.time,
                transport=transport,
                tell=narrate,
                patience=patience,
            )
        yield await stack.enter_async_context(refresher)


def _cluster(settings: Settings) -> "KubernetesTransport | None":
    """Return the configured cluster; one that cannot be used is told, and the metrics are shown without workloads."""
    if settings.kubernetes is None:
        return None
    from console.engine.parts import open_cluster
    from console.journal.directory import state_directory
    from console.transport.kubernetes.errors import KubeconfigError

    try:
        return open_cluster(settings, os.environ, state_directory(settings.state_directory))
    except (KubeconfigError, OSError) as error:
        narrate(f"cluster {settings.kubernetes.context}: {error}; workloads are not shown")
        return None

"""Which fleet settings name."""

from console.domain.address import without_secrets
from console.settings.settings import Settings


def addresses_of(settings: Settings) -> tuple[str, ...]:
    """Return where the fleet is read, without secrets: consoles with an address in common look at the same one."""
    metrics = settings.prometheus.urls if settings.prometheus is not None else ()
    logs = (store.address.shown for store in settings.predictions)
    return tuple(dict.fromkeys((*(without_secrets(url).rstrip("/") for url in metrics), *logs)))


def context_of(settings: Settings) -> str | None:
    """Return the cluster's context, None where none is configured."""
    return settings.kubernetes.context if settings.kubernetes is not None else None

"""Mistakes in what the configuration points to, told like mistakes in the configuration itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from console.domain.label import harmless
from console.settings.bad_document import BadDocument, BadYaml
from console.settings.load import BadSettings
from console.settings.secrets import SecretUnavailable
from console.sources.prometheus.preset import BadPresets
from console.transport.http import BadEndpoint
from console.transport.sql.place import BadStoreAddress


@contextmanager
def as_bad_settings() -> Iterator[None]:
    """Raise BadSettings for an unusable secret, URL or preset within the block."""
    try:
        yield
    except BadDocument as error:
        raise BadSettings(error.problems) from None
    except (BadEndpoint, BadStoreAddress, BadPresets, BadYaml, SecretUnavailable) as error:
        raise BadSettings([str(error)]) from None
    except OSError as error:
        if error.filename is None:
            raise
        raise BadSettings([f"{harmless(str(error.filename))}: cannot be read: {error.strerror}"]) from None

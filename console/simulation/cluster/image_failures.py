"""What is wrong with an image: nobody can pull it, or what it runs takes more memory than it may."""

from collections.abc import Sequence

import msgspec

from console.simulation.cluster.resources import Object

_FIRST_BACK_OFF = 10.0
_LONGEST_BACK_OFF = 300.0


class OutOfMemory(msgspec.Struct, frozen=True):
    """Its containers are killed `after_seconds` of each run, and write `last_words` before."""

    after_seconds: float
    last_words: tuple[str, ...] = ()


class ImageFailures:
    """What is wrong with which images; nothing with all others."""

    def __init__(self) -> None:
        self._refused: dict[str, str] = {}
        self._too_big: dict[str, OutOfMemory] = {}

    def refuse(self, image: str, why: str) -> None:
        """Let no node pull an image from now on; `why` is what the registry says."""
        self._refused[image] = why

    def kill(self, image: str, after_seconds: float, last_words: Sequence[str]) -> None:
        """Let containers of an image run out of memory from now on."""
        self._too_big[image] = OutOfMemory(after_seconds, tuple(last_words))

    def refused(self, pod: Object) -> tuple[str, str] | None:
        """Return the image of a pod that cannot be pulled, and why; None where all can."""
        return next(((image, self._refused[image]) for image in _images(pod) if image in self._refused), None)

    def too_big(self, pod: Object) -> OutOfMemory | None:
        """Return how a pod runs out of memory, None where it does not."""
        return next((self._too_big[image] for image in _images(pod) if image in self._too_big), None)


def back_off(deaths: int) -> float:
    """Return for how many seconds a container that ended so often is not started again: at first not at all."""
    return 0.0 if deaths <= 1 else min(_FIRST_BACK_OFF * 2.0 ** (deaths - 2), _LONGEST_BACK_OFF)


def _images(pod: Object) -> list[str]:
    return [container["image"] for container in pod["spec"]["containers"]]

"""What a process that answers once and then ends need not do."""

import atexit
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_shot() -> Iterator[None]:
    """Do without the cyclic collector: an answer leaves next to no cycles, and each walk passes all that was imported.

    When the process ends, what is left is frozen: the system takes the memory back at once, not object by object. Nor
    does numpy start a thread per processor, for it multiplies no large matrices here.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is loaded
    enabled = gc.isenabled()
    gc.disable()
    atexit.register(gc.freeze)
    try:
        yield
    finally:
        if enabled:
            gc.freeze()  # and back: else all that was made meanwhile counts as new, and would be walked first
            gc.unfreeze()
            gc.enable()

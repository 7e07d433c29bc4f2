"""httpx without its command line.

`import httpx` also imports its command line, and with it click, pygments and rich wherever those are installed. That is
a third of the time the import takes, and `summary` promises to load no rich. httpx does without when that import fails.

httpcore looks for sniffio on every use of a lock and does without when there is none. Where it is not installed,
searching the path in vain eighty times for a dozen requests costs about as much as decoding their answers: it is
refused at once.

Both log what they ask at levels that a package beside the console may turn on for everything: httpx whole addresses,
which are secrets where a webhook's is one, httpcore headers of answers, cookies among them.
"""

import importlib.util
import logging
import sys

_COMMAND_LINE = "httpx._main"
_OPTIONAL = "sniffio"

if "httpx" not in sys.modules:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]  # None is the documented way to refuse an import
    import httpx

    del sys.modules[_COMMAND_LINE]
else:
    import httpx

if _OPTIONAL not in sys.modules and importlib.util.find_spec(_OPTIONAL) is None:
    sys.modules[_OPTIONAL] = None  # type: ignore[assignment]  # as above

for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

__all__ = ["httpx"]

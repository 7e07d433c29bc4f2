#!/bin/sh
# Print the first CPython >= 3.11 that can make virtual environments; $PYTHON is asked first.
set -eu

advice="No Python 3.11 or newer found; install one, e.g.: apt-get install python3 python3-venv, or set PYTHON=/path/to/python3"

for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3.14 python3; do
    python=$(command -v "$candidate") || continue
    # A pyenv shim exists for versions that are not selected: only running it tells.
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2]) if sys.version_info >= (3, 11) else sys.exit(1)' 2>/dev/null) || continue
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "$python"
        exit 0
    fi
    advice="$python cannot make virtual environments; install what it lacks, e.g.: apt-get install python$version-venv"
done

echo "$advice" >&2
exit 1

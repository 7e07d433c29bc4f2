#!/bin/sh
# Solve pyproject.toml into requirements.txt and requirements-dev.txt: exact versions and hashes, nothing else.
# One pair of files serves Linux, macOS and every CPython from 3.11 on.
# Usage: lock.sh UV [UV OPTION…], for instance `--upgrade` or `--upgrade-package textual`.
set -eu
uv=$1
shift

compile() {
    output=$1
    shift
    "$uv" pip compile pyproject.toml --quiet --output-file "$output" \
        --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-header --no-annotate "$@"
}

compile requirements.txt "$@"
# The developer's pins are the user's pins and more, so that the tests run what the wheel gets.
compile requirements-dev.txt --group dev --constraint requirements.txt "$@"

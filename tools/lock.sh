#!/bin/sh
# Solve pyproject.toml into requirements.txt, -dev.txt, -spark.txt and -mlflow.txt: exact versions and hashes, no more.
# These files serve Linux, macOS and every CPython from 3.11 on.
# Usage: lock.sh UV [UV OPTION…], for instance `--upgrade` or `--upgrade-package textual`.
set -eu
uv=$1
shift

compile() {
    output=$1
    shift
    "$uv" pip compile --quiet --output-file "$output" \
        --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-header --no-annotate "$@"
}

compile requirements.txt pyproject.toml "$@"
# The developer's pins are the user's pins and more, so that the tests run what the wheel gets.
compile requirements-dev.txt pyproject.toml --group dev --constraint requirements.txt "$@"
# Spark comes on top, for its own tests: a third of a gigabyte that no other test needs.
compile requirements-spark.txt pyproject.toml --extra spark --group dev --constraint requirements-dev.txt "$@"
# A server of its own, in an environment of its own: what it needs has nothing to do with what the console needs.
compile requirements-mlflow.txt --group mlflow "$@"

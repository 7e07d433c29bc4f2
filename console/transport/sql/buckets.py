"""How DuckDB signs requests to buckets: with what the environment holds, as the command line of AWS does."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from console.transport.sql.duckdb_files import quoted


def s3_secret(environment: Mapping[str, str], password: str | None) -> str | None:
    """Return the statement that gives DuckDB the keys of buckets, None where there are none.

    The names are those of AWS; `password` stands in for `AWS_SECRET_ACCESS_KEY`. `AWS_ENDPOINT_URL` is that of a store
    which speaks the same protocol.
    """
    options = {
        "KEY_ID": environment.get("AWS_ACCESS_KEY_ID"),
        "SECRET": password or environment.get("AWS_SECRET_ACCESS_KEY"),
        "SESSION_TOKEN": environment.get("AWS_SESSION_TOKEN"),
        "REGION": environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION"),
    }
    endpoint = environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")
    if endpoint:
        parts = urlsplit(endpoint)
        options |= {"ENDPOINT": parts.netloc + parts.path.rstrip("/"), "URL_STYLE": "path"}
        options["USE_SSL"] = "false" if parts.scheme == "http" else "true"
    given = [f"{name} {quoted(value)}" for name, value in options.items() if value]
    return f"CREATE OR REPLACE TEMPORARY SECRET bucket (TYPE s3, {', '.join(given)})" if given else None

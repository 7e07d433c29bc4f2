"""What is asked about the processes of replicas: by which configuration they run, and since when."""

from collections.abc import Iterable

from console.sources.prometheus.promql import aggregate, marked, matching, relabelled, selector

CLUSTER, NAMESPACE, HASH, NAMED_BY = "cluster", "namespace", "hash", "named_by"
"""Labels of the rows: where the replica runs, what its configuration hashes to, and which label said so."""

_HASHES = ("config_hash", "config_checksum", "config_sha256", "configuration_hash", "annotation_checksum_config")
"""Labels that people give to such a hash; the last is Helm's habit, as kube-state-metrics exports annotations."""


def configurations_of(replica_label: str, replicas: Iterable[str]) -> str:
    """Return a row for each of some replicas and hash of its configuration, whatever series bears it."""
    names = list(replicas)
    rows = []
    for label in _HASHES:
        bearers = selector("", [(label, "!=", ""), matching(replica_label, names)])
        hashes = relabelled(
            aggregate("group", (CLUSTER, NAMESPACE, replica_label, label), bearers), HASH, "$1", label, "(.+)"
        )
        named = aggregate("group", (CLUSTER, NAMESPACE, replica_label, HASH), hashes)
        rows.append(marked(named, NAMED_BY, label))
    return " or ".join(rows)


def starts_of(replica_label: str, replicas: Iterable[str]) -> str:
    """Return when the processes of some replicas began (UTC seconds), a row for each scrape target."""
    began = selector("process_start_time_seconds", [matching(replica_label, replicas)])
    return aggregate("max", dict.fromkeys((CLUSTER, NAMESPACE, replica_label, "job", "instance")), began)

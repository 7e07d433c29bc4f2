"""What a server calls the labels of kube-state-metrics."""

import pytest

from console.sources.prometheus.kube_state_queries import KubeStateLabels


@pytest.mark.parametrize(
    ("names", "container"),
    [
        (("namespace", "pod", "owner_kind"), "container"),
        # the exporter's own container, beside labels that were kept as they are
        (("namespace", "pod", "container"), "container"),
        # and where those of the target won
        (("exported_namespace", "exported_pod", "namespace", "pod", "container"), "exported_container"),
        (("exported_namespace", "exported_pod", "namespace", "pod"), "container"),
    ],
)
def test_containers_are_called_otherwise_only_where_the_target_has_one_of_its_own(
    names: tuple[str, ...], container: str
) -> None:
    labels = KubeStateLabels.of(names)
    assert labels.container == container
    assert container in labels.restarts(["fraud-0"], ["ml"])

import pytest

from console.transport.kubernetes import object_path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (object_path("v1", "nodes"), "/api/v1/nodes"),
        (object_path("v1", "pods", namespace="ml", name="a-1"), "/api/v1/namespaces/ml/pods/a-1"),
        (
            object_path("apps/v1", "deployments", namespace="ml", name="a", subresource="scale"),
            "/apis/apps/v1/namespaces/ml/deployments/a/scale",
        ),
        (
            object_path("rbac.authorization.k8s.io/v1", "clusterroles", name="system:x"),
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:x",
        ),
        (object_path("v1", "pods", namespace="ml", name="a?b#c d"), "/api/v1/namespaces/ml/pods/a%3Fb%23c%20d"),
    ],
)
def test_paths(path: str, expected: str) -> None:
    assert path == expected


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a%2fb", "a\nb", "\x1b[2J"])
def test_a_hostile_name_makes_no_path(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be part"):
        object_path("v1", "pods", namespace="ml", name=name)
    with pytest.raises(ValueError, match="cannot be part"):
        object_path("v1", "pods", namespace=name, name="a")


def test_a_subresource_belongs_to_an_object() -> None:
    with pytest.raises(ValueError, match="needs the name"):
        object_path("apps/v1", "deployments", namespace="ml", subresource="scale")

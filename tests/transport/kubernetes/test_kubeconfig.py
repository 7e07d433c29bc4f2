from pathlib import Path
from typing import Any

import pytest
import yaml

from console.transport.kubernetes import KubeconfigError
from console.transport.kubernetes.kubeconfig import check_context


def document(**user: Any) -> dict[str, Any]:
    return {
        "clusters": [{"name": "prod", "cluster": {"server": "https://prod.example"}}],
        "contexts": [
            {"name": "prod-eu", "context": {"cluster": "prod", "user": "ann"}},
            {"name": "broken", "context": {"cluster": "gone", "user": "ann"}},
        ],
        "users": [{"name": "ann", "user": user}],
    }


def refusal(path: Path, context: str) -> str:
    with pytest.raises(KubeconfigError) as caught:
        check_context(path, context)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kubeconfig"


def test_an_exact_context_is_accepted_without_a_current_one(path: Path) -> None:
    path.write_text(yaml.safe_dump(document(token="secret")))
    check_context(path, "prod-eu")


def test_there_is_no_fallback_to_another_context(path: Path) -> None:
    path.write_text(yaml.safe_dump({**document(token="secret"), "current-context": "prod-eu"}))
    assert "nearest: prod-eu" in refusal(path, "prod-us")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: }", ":2: not YAML"),
        ("- a", "not a mapping"),
        ("{}", "no context 'prod-eu'"),
        ("contexts: 3", "no context 'prod-eu'"),
        ("contexts: [null, {name: 3}, {name: prod-eu}]", "no context 'prod-eu'"),
    ],
)
def test_what_is_no_kubeconfig_is_said_in_one_line(path: Path, text: str, expected: str) -> None:
    path.write_text(text)
    assert expected in refusal(path, "prod-eu")


def test_a_missing_file_is_said(path: Path) -> None:
    assert "No such file" in refusal(path, "prod-eu")


def test_a_context_of_an_unknown_cluster_is_refused(path: Path) -> None:
    path.write_text(yaml.safe_dump(document(token="secret")))
    assert "'gone'" in refusal(path, "broken")


def test_what_the_client_would_leave_out_silently_is_refused(path: Path) -> None:
    path.write_text(yaml.safe_dump(document(**{"token": "x", "as": "admin"})))
    assert "not supported" in refusal(path, "prod-eu")

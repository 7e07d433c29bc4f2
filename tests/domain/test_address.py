import pytest

from console.domain.address import without_secrets


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:s3cret/x@host:9090/p", "http://host:9090/p"),
        ("http://user:s3c?r#et@host", "http://host"),
        ("http://h/?token=SEKRET", "http://h/"),
        ("http://h/#SEKRET", "http://h/"),
        ("user:s3cret@host", "host"),
        ("//user:s3cret@host", "host"),
        ("http://u:a://b@host", "http://host"),
        ("http://\x1b]0;x\x07", "http://␛]0;x␇"),
    ],
)
def test_what_may_be_a_secret_is_not_shown(url: str, shown: str) -> None:
    assert without_secrets(url) == shown

"""Files for TLS are looked at when the configuration is read: a mistake has a line, a failed handshake has none."""

from pathlib import Path

import pytest

from console.settings.credentials import TlsSettings
from console.settings.file import read_settings
from console.settings.load import BadSettings
from console.settings.tls_files import expiry, warn_of_key
from tests.services.certificates import NOW, Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    authority = Authority(tmp_path, "ca")
    authority.sign("oncall")
    authority.sign("other")
    return authority


def written(folder: Path, tls: str, url: str = "https://prometheus:9090") -> Path:
    path = folder / "config.yaml"
    path.write_text(f"prometheus:\n  urls: [{url}]\n  tls:\n" + "".join(f"    {line}\n" for line in tls.splitlines()))
    return path


def problems(folder: Path, tls: str, url: str = "https://prometheus:9090") -> list[str]:
    path = written(folder, tls, url)
    with pytest.raises(BadSettings) as caught:
        read_settings(path, {})
    return [problem.removeprefix(str(path)) for problem in caught.value.problems]


def test_paths_belong_to_the_directory_of_the_file(tmp_path: Path, authority: Authority) -> None:
    settings = read_settings(written(tmp_path, "ca: ca.pem\ncertificate: oncall.pem\nkey: oncall.key"), {})
    assert settings.prometheus is not None
    assert settings.prometheus.tls == TlsSettings(
        str(authority.file), str(tmp_path / "oncall.pem"), str(tmp_path / "oncall.key")
    )


def test_a_key_may_stand_in_the_file_of_its_certificate(tmp_path: Path, authority: Authority) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes((tmp_path / "oncall.pem").read_bytes() + (tmp_path / "oncall.key").read_bytes())
    read_settings(written(tmp_path, "certificate: both.pem"), {})
    (problem,) = problems(tmp_path, "certificate: oncall.pem")
    assert problem.startswith(f":4:18: tls.certificate: {tmp_path}/oncall.pem cannot be used with its certificate")


def test_files_that_are_not_there_are_told_with_their_lines(tmp_path: Path) -> None:
    assert problems(tmp_path, "ca: no.pem\ncertificate: .\nkey: no.key") == [
        f":4:9: tls.ca: {tmp_path}/no.pem cannot be read: No such file or directory",
        f":5:18: tls.certificate: {tmp_path} cannot be read: Is a directory",
        f":6:10: tls.key: {tmp_path}/no.key cannot be read: No such file or directory",
    ]


def test_files_that_hold_something_else(tmp_path: Path, authority: Authority) -> None:
    assert problems(tmp_path, "ca: oncall.key\ncertificate: oncall.key\nkey: oncall.pem") == [
        f":4:9: tls.ca: {tmp_path}/oncall.key holds no certificate in PEM format",
        f":5:18: tls.certificate: {tmp_path}/oncall.key holds no certificate in PEM format",
        f":6:10: tls.key: {tmp_path}/oncall.pem holds no private key in PEM format",
    ]
    (tmp_path / "broken.pem").write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    (problem,) = problems(tmp_path, "ca: broken.pem")
    assert problem.startswith(f":4:9: tls.ca: {tmp_path}/broken.pem holds a broken certificate")


def test_a_key_of_another_certificate(tmp_path: Path, authority: Authority) -> None:
    assert problems(tmp_path, "certificate: oncall.pem\nkey: other.key") == [
        f":5:10: tls.key: {tmp_path}/other.key is not the key of {tmp_path}/oncall.pem"
    ]


def test_nobody_is_asked_for_the_password_of_a_key(tmp_path: Path, authority: Authority) -> None:
    authority.sign("protected", password=b"secret")
    assert problems(tmp_path, "certificate: protected.pem\nkey: protected.key") == [
        f":5:10: tls.key: {tmp_path}/protected.key is protected by a password; `openssl pkey` writes a copy without"
    ]


@pytest.mark.parametrize(
    ("tls", "url", "words"),
    [
        ("key: oncall.key", "https://p", "key is given without certificate"),
        ("insecure_skip_verify: true\nca: ca.pem", "https://p", "so ca has no effect; leave one out"),
        ("insecure_skip_verify: true\nserver_name: p", "https://p", "so server_name has no effect"),
        ("ca: ca.pem", "http://p:9090", "tls has no effect on 'http://p:9090', which is not https"),
        ("cafile: ca.pem", "https://p", "unknown key 'cafile', expected one of ca, certificate, "),
    ],
)
def test_what_does_not_go_together(tmp_path: Path, authority: Authority, tls: str, url: str, words: str) -> None:
    (problem,) = problems(tmp_path, tls, url)
    assert words in problem


def test_each_alertmanager_has_files_of_its_own(tmp_path: Path, authority: Authority) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "alertmanager:\n  - urls: [https://a]\n    tls: {ca: ca.pem}\n  - urls: [https://b]\n    tls: {ca: no.pem}\n"
    )
    with pytest.raises(BadSettings, match=r"config\.yaml:5:15: tls\.ca: .*/no\.pem cannot be read"):
        read_settings(path, {})


def test_a_key_that_others_can_read_is_warned_of(tmp_path: Path, authority: Authority) -> None:
    told: list[str] = []
    key = tmp_path / "oncall.key"
    tls = TlsSettings(certificate=str(tmp_path / "oncall.pem"), key=str(key))
    warn_of_key(tls, told.append)
    assert told == []
    key.chmod(0o640)
    warn_of_key(tls, told.append)
    assert told == [f"key {key} can be read by others (mode 0640); chmod 600 keeps it to you"]
    warn_of_key(TlsSettings(ca=str(authority.file)), told.append)
    assert len(told) == 1


def test_when_a_certificate_ends(tmp_path: Path, authority: Authority) -> None:
    ended = expiry(str(authority.sign("late", expired=True).certificate))
    assert ended is not None
    assert ended < NOW
    assert expiry(str(tmp_path / "nothing")) is None

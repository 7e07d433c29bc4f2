"""The private key of a kubeconfig: a file of ours alone while Python reads it, and gone after a death as well."""

import base64
import datetime
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from console.simulation.cluster import CONTEXT
from console.transport.kubernetes.authentication import authenticate

_KILLED_WHILE_LOGGING_IN = """
import asyncio, os, signal, sys
from pathlib import Path
from kr8s.asyncio import Api
from console.transport.kubernetes.authentication import authenticate

async def die(self):
    os.kill(os.getpid(), signal.SIGKILL)

Api._create_session = die
asyncio.run(authenticate(Path(sys.argv[1]), "simulated", Path(sys.argv[2])))
"""


def kubeconfig_with_key(path: Path) -> bytes:
    """Write a kubeconfig that logs in by a client certificate; return its private key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "on-call")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    encoded = {
        "client-certificate-data": base64.b64encode(certificate.public_bytes(serialization.Encoding.PEM)).decode(),
        "client-key-data": base64.b64encode(private).decode(),
    }
    document = {
        "contexts": [{"name": CONTEXT, "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": encoded}],
    }
    path.write_text(yaml.safe_dump(document))
    return private


def killed_while_logging_in(kubeconfig: Path, base: Path, temporary: Path) -> int:
    """Log in by a process that dies when the key is on disk; return how it ended."""
    return subprocess.run(
        [sys.executable, "-c", _KILLED_WHILE_LOGGING_IN, str(kubeconfig), str(base)],
        env={**os.environ, "TMPDIR": str(temporary)},
        timeout=60,
        check=False,
    ).returncode


async def test_a_key_is_readable_by_its_owner_only_and_gone_after_kill_9_at_the_next_login(tmp_path: Path) -> None:
    base, temporary = tmp_path / "keys", tmp_path / "temporary"
    temporary.mkdir()
    private = kubeconfig_with_key(tmp_path / "kubeconfig")
    assert killed_while_logging_in(tmp_path / "kubeconfig", base, temporary) == -signal.SIGKILL
    left = [path for path in base.rglob("*") if path.is_file()]
    assert private in [path.read_bytes() for path in left]
    assert {stat.S_IMODE(path.stat().st_mode) for path in left} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (base, *(path.parent for path in left))} == {0o700}

    connection = await authenticate(tmp_path / "kubeconfig", CONTEXT, base)
    await connection.close()
    assert list(base.iterdir()) == []
    assert list(temporary.iterdir()) == []

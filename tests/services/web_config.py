"""What Prometheus and Alertmanager ask of their clients: TLS, certificates, passwords."""

from dataclasses import dataclass
from pathlib import Path

from tests.services.certificates import Authority, Signed

PASSWORD = "correct horse"
_BCRYPT_OF_THE_PASSWORD = "$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2"  # of low cost, for tests


@dataclass(frozen=True)
class WebConfig:
    """What a server asks of its clients: TLS, a certificate of the authority `clients`, the password of `ops`."""

    server: Signed
    clients: Authority | None = None
    asks_for_a_password: bool = True

    @property
    def text(self) -> str:
        """The file of `--web.config.file`."""
        lines = ["tls_server_config:", f"  cert_file: {self.server.certificate}", f"  key_file: {self.server.key}"]
        if self.clients is not None:
            lines += [
                "  client_auth_type: RequireAndVerifyClientCert",
                f"  client_ca_file: {self.clients.file}",
            ]
        if self.asks_for_a_password:
            lines += ["basic_auth_users:", f"  ops: {_BCRYPT_OF_THE_PASSWORD}"]
        return "\n".join([*lines, ""])

    def flag(self, folder: Path) -> str:
        """Write the file into a folder and return the flag that names it."""
        (folder / "web.yml").write_text(self.text)
        return f"--web.config.file={folder / 'web.yml'}"

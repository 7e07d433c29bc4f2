"""The person at the terminal, as every line of the journal names them."""

import os
import pwd
import socket
from collections.abc import Mapping

import msgspec


class Who(msgspec.Struct, frozen=True):
    """A person at a terminal: login name, host, terminal device and the address they came from over SSH."""

    user: str
    host: str
    tty: str | None = None
    ssh_client: str | None = None

    @property
    def shown(self) -> str:
        """Return the person in one word: `ann@bastion`."""
        return f"{self.user}@{self.host}"


def who_is_here(environment: Mapping[str, str], terminal: int = 0) -> Who:
    """Return the person who runs this process; `terminal` is the file descriptor that may be their terminal.

    The name comes from the user id, which the environment cannot forge.
    """
    user_id = os.getuid()
    try:
        user = pwd.getpwuid(user_id).pw_name
    except KeyError:  # containers often run under a user id that has no entry
        user = f"uid-{user_id}"
    try:
        tty = os.ttyname(terminal)
    except OSError:  # no terminal: a pipe, cron, a service
        tty = None
    client = environment.get("SSH_CONNECTION", "").split(" ")[0] or None
    return Who(user=user, host=socket.gethostname(), tty=tty, ssh_client=client)

"""A TCP proxy before a server, whose network can be cut or made silent at any moment."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class CutNetwork:
    """Passes bytes on between clients and a server until it is told otherwise.

    `cut` ends all connections and refuses new ones, `silence` keeps them open and passes nothing on, `mend` ends both.
    """

    def __init__(self, address: str) -> None:
        self.lead_to(address)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._is_cut = False
        self._passing = threading.Event()
        self._passing.set()
        self._wires: list[socket.socket] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def lead_to(self, address: str) -> None:
        """Lead to a server, of whose address the port may have changed."""
        host, port = address.rsplit(":", 1)
        self._server = host, int(port)

    def cut(self) -> None:
        """End every connection, without a word to the server's side either, and refuse new ones."""
        with self._lock:
            self._is_cut = True
            wires, self._wires = self._wires, []
        for wire in wires:
            _end(wire)

    def silence(self) -> None:
        """Pass nothing on any more, as a network does that swallows packets."""
        self._passing.clear()

    def mend(self) -> None:
        """Pass everything on again; what was cut stays cut."""
        self._is_cut = False
        self._passing.set()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self._is_cut:
                    _end(client)
                    continue
                try:
                    server = socket.create_connection(self._server)
                except OSError:
                    _end(client)
                    continue
                self._wires += [client, server]
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while content := one.recv(65_536):
                self._passing.wait()
                other.sendall(content)
        _end(one)
        _end(other)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        self._passing.set()


def _end(wire: socket.socket) -> None:
    with suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)
    wire.close()

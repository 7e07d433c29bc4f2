"""A fake of Switchboard: one switch, over real HTTP, with the faults that the contract asks for."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

PATH = "/switches/fraud"


class FakeSwitchboard(ThreadingHTTPServer):
    """Serves the switch of model `fraud` until it is closed; `sent` and `rehearsed` count what arrived."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.switch: dict[str, Any] = {"id": "sw-1", "state": "on", "by": "nobody", "marker": None, "writable": True}
        self.sent = self.rehearsed = 0
        self.cut: Literal["before", "after"] | None = None
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def close(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def set_as_a_colleague(self, state: str) -> None:
        self.switch = {**self.switch, "state": state, "by": "bob", "marker": None}


class _Handler(BaseHTTPRequestHandler):
    server: FakeSwitchboard

    def do_GET(self) -> None:
        found = unquote(self.path) == PATH
        self._answer(200 if found else 404, self.server.switch if found else {"message": "no such switch"})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_rehearsal = urlsplit(self.path).query == "dry_run=true"
        self.server.rehearsed += is_rehearsal
        self.server.sent += not is_rehearsal
        cut = None if is_rehearsal else self.server.cut
        switch = self.server.switch
        if cut == "before":
            return
        if not switch["writable"]:
            self._answer(403, {"message": "you may not"})
        elif (asked["id"], asked["from"]) != (switch["id"], switch["state"]):
            self._answer(409, {"message": f"the switch is {switch['state']} now, set by {switch['by']}"})
        else:
            if not is_rehearsal:
                self.server.switch = {**switch, "state": asked["to"], "by": asked["by"], "marker": asked["marker"]}
            if cut != "after":
                self._answer(200, self.server.switch)

    def _answer(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests look at what the server counts."""

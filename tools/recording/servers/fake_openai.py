"""A fake of the OpenAI API: it answers chat completions and embeddings over HTTP, with canned words and real counts."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECONDS_OF_WORK = {"gpt-fake-fast": 0.005, "gpt-fake-slow": 0.15, "embedding-fake": 0.005}
REFUSED = "refuse"
"""A question that is answered 429, as one above a rate limit is."""


class FakeOpenAI(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer a question, or refuse it."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(SECONDS_OF_WORK[asked["model"]])
        if self.path == "/v1/embeddings":
            self._answer(200, _embedding(asked["model"], asked["input"]))
        elif asked["messages"][-1]["content"] == REFUSED:
            refusal = {
                "message": "Rate limit reached",
                "type": "requests",
                "param": None,
                "code": "rate_limit_exceeded",
            }
            self._answer(429, {"error": refusal})
        else:
            self._answer(200, _completion(asked["model"], asked["messages"][-1]["content"]))

    def _answer(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def start_fake_openai(port: int) -> None:
    """Answer on 127.0.0.1 until the process ends."""
    server = ThreadingHTTPServer(("127.0.0.1", port), FakeOpenAI)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def _completion(model: str, question: str) -> dict[str, object]:
    words = ["The", "model", "drifted", "after", "the", "release"]
    asked, answered = len(question.split()), len(words)
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": f"{model}-2026-01-01",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": " ".join(words), "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered},
    }


def _embedding(model: str, text: str) -> dict[str, object]:
    asked = len(text.split())
    return {
        "object": "list",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2, 0.3]}],
        "model": model,
        "usage": {"prompt_tokens": asked, "total_tokens": asked},
    }

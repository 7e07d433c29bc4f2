"""Logs: what is asked for, and that nothing in them steers a terminal or tells a secret."""

import asyncio
from collections.abc import Mapping

from console.sources.cluster.pod_log import LONGEST_LINE, MOST_BYTES, LogTail, read_pod_log, shown_lines
from tests.sources.cluster.canned import NO_QUERY, CannedTransport


class Logs(CannedTransport):
    def __init__(self, *texts: str) -> None:
        super().__init__({})
        self._texts = list(texts)
        self.queries: list[dict[str, str]] = []

    async def get_text(self, path: str, *, query: Mapping[str, str] = NO_QUERY) -> str:
        self.asked.append(path)
        self.queries.append(dict(query))
        return self._texts.pop(0)


def read(logs: Logs, *, previous: bool = False) -> LogTail:
    return asyncio.run(read_pod_log(logs, "ml", "fraud-1", "model", previous=previous))


def test_the_last_lines_of_one_container_are_asked_for() -> None:
    logs = Logs("one\ntwo\n")
    assert read(logs, previous=True) == LogTail(("one", "two"), is_cut=False)
    assert logs.asked == ["/api/v1/namespaces/ml/pods/fraud-1/log"]
    query = logs.queries[0]
    assert (query["container"], query["previous"], query["tailLines"]) == ("model", "true", "500")
    empty = Logs("")
    assert read(empty) == LogTail((), is_cut=False)
    assert "previous" not in empty.queries[0]


def test_lines_so_long_that_the_server_would_leave_out_the_newest_are_asked_for_again_but_fewer() -> None:
    logs = Logs("x" * MOST_BYTES, "the newest\n")
    assert read(logs) == LogTail(("the newest",), is_cut=True)
    assert [query["tailLines"] for query in logs.queries] == ["500", "40"]


def test_secrets_control_characters_and_what_was_written_over_do_not_reach_the_screen() -> None:
    text = (
        "\x1b[31mERROR\x1b[0m boom\n"
        "password=hunter2hunter2 \x1b]0;owned\x07\n"
        "Authorization: Bearer abcdef\x1b[0m0123456789\n"
        "  0%|    | 0/3\r 33%|#   | 1/3\r100%|####| 3/3\n"
        "a\tb\u202e\n"
    )
    lines = tuple(shown_lines(text))
    assert lines[0] == "ERROR boom"
    assert "hunter2" not in lines[1]
    assert "\x1b" not in lines[1]
    assert "0123456789" not in lines[2], "a colour in the midst of a secret does not save it"
    assert lines[3] == "100%|####| 3/3"
    assert lines[4] == "a   b\ufffd"
    assert len(next(iter(shown_lines("y" * 9000)))) == LONGEST_LINE

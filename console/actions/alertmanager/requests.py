"""The requests that make and expire silences: as a plan holds them, and as they are sent."""

import shlex
from datetime import UTC, datetime
from typing import Any

import msgspec

from console.domain.action import Plan, Request
from console.domain.label import harmless
from console.sources.alertmanager.silences import Matcher, Silence

SILENCES = "/api/v2/silences"
SILENCE = "/api/v2/silence/"
JSON = "application/json"
CLOCK_SECONDS = 5.0
"""By how much a server's clock may be misread: its `Date` tells whole seconds, and answers take their time."""


class Making(msgspec.Struct, frozen=True, omit_defaults=True):
    """A silence to make: how long (seconds from when it is sent) or until when (UTC seconds), and what is expected.

    `alerts` are the identities of the alerts that were shown; any other is one that nobody agreed to keep quiet. None
    expects nothing.
    """

    matchers: tuple[Matcher, ...]
    created_by: str
    comment: str
    seconds: float | None = None
    until: float | None = None
    alerts: tuple[str, ...] | None = None

    @property
    def request(self) -> Request:
        """Return the silence as the request of a plan."""
        return Request("POST", SILENCES, JSON, msgspec.json.decode(msgspec.json.encode(self)))


class Expiring(msgspec.Struct, frozen=True):
    """A silence to expire, if nobody edited it since it was `updated`."""

    silence_id: str
    updated: str

    @property
    def request(self) -> Request:
        """Return the end of the silence as the request of a plan."""
        return Request("DELETE", SILENCE + self.silence_id, "", {"updated": self.updated})


def making(request: Request) -> Making | None:
    """Return the silence that a request makes, None where it expires one."""
    return msgspec.convert(request.body, Making) if request.method == "POST" else None


def expiring(request: Request) -> Expiring:
    """Return the silence that a request expires."""
    return Expiring(request.path.removeprefix(SILENCE), request.body["updated"])


def mark(plan: Plan) -> str:
    """Return what is in the comment of the silence that a plan makes, and of no other."""
    return f"incident-console {plan.hash}-{round(plan.made_at * 1000)}"


def is_marked(silence: Silence, plan: Plan) -> bool:
    """Tell whether a silence is the one that a plan made."""
    return f"[{mark(plan)}]" in silence.comment


def as_sent(made: Making, plan: Plan, now: float) -> dict[str, Any]:
    """Return the document that makes a silence at an instant of the server's clock (UTC seconds)."""
    ends = made.until if made.until is not None else now + (made.seconds or 0.0)
    return {
        "matchers": msgspec.to_builtins(made.matchers),
        "startsAt": _rfc3339(now - CLOCK_SECONDS),  # what is past becomes its now; what is to come would wait
        "endsAt": _rfc3339(ends),
        "createdBy": made.created_by,
        "comment": f"{made.comment} [{mark(plan)}]",
    }


def command_of(made: Making, url: str) -> str:
    """Return the command line for amtool that makes a silence, quoted for a shell."""
    words = ["amtool", f"--alertmanager.url={url}", "silence", "add"]
    words += [f"--author={made.created_by}", f"--comment={made.comment}"]
    words += [f"--duration={round(made.seconds or 0)}s", *(matcher.shown for matcher in made.matchers)]
    return shlex.join(words)


def shown(matchers: tuple[Matcher, ...]) -> str:
    """Return matchers in one harmless line."""
    return harmless(", ".join(matcher.shown for matcher in matchers))


def _rfc3339(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

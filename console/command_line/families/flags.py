"""Flags that many commands have."""

from typing import get_args

from console.command_line.words import DIRECTORY, DURATION, FILE, NAME, TIME, URL, Flag, one_of
from console.settings.screen import ThemeName

PROGRAM = "incident-console"

COMMON = (
    Flag("--prometheus", "Prometheus to read; repeat it for replicas of the same one", URL, repeatable=True),
    Flag("--alertmanager", "Alertmanager to read; repeat it for replicas", URL, repeatable=True),
    Flag("--predictions", "store of logged predictions, URL or URL#TABLE; repeatable", URL, repeatable=True),
    Flag("--kubeconfig", "kubeconfig that holds the context", FILE),
    Flag("--context", "cluster context that serves the models and in which actions act", NAME),
    Flag("--playbooks", "directory of further playbooks; repeatable", DIRECTORY, repeatable=True),
    Flag("--config", "configuration file; wins over $INCIDENT_CONSOLE_CONFIG and XDG", FILE),
    Flag("--at", "show the past: an RFC 3339 time, or a duration ago such as 15m; read-only", TIME),
    Flag("--window", "what the charts of the screen show at first, such as 1h", DURATION),
    Flag(
        "--write",
        "allow actions in the context, and on every server, webhook, command and channel of the configuration",
    ),
)
"""Flags of every command that reads the configuration; they count before and behind the command."""

SCREEN = (
    Flag("--theme", "colours of the screen", one_of("THEME", *get_args(ThemeName))),
    Flag("--ascii", "draw with ASCII only"),
    Flag("--no-mouse", "leave the mouse to the terminal"),
    Flag("--plain", "sentences instead of tables and drawings, for screen readers"),
)
"""Flags of whatever opens the screen."""

WITHOUT_CHARTS = tuple(flag for flag in COMMON if flag.name not in ("--at", "--window"))
"""Flags of commands that neither show the past nor charts."""

FORMAT_HELP = "how it is printed; default: text"

TEXT_OR_JSON = Flag("--format", FORMAT_HELP, one_of("FORMAT", "text", "json"), default="text")
"""The flag of commands that print one or the other."""

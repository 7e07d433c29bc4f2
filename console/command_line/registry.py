"""The program with all its commands. A new flag is a line in its family; `obeying/` says what a command does."""

from console.command_line.families.actions import ACTIONS
from console.command_line.families.flags import COMMON, PROGRAM, SCREEN
from console.command_line.families.fleet import BACKTEST, DRIFT, EXPORTER, SUMMARY, WATCH
from console.command_line.families.past import JOURNAL, REPORT
from console.command_line.families.playbooks import PLAYBOOKS
from console.command_line.families.program import COMPLETION, CONFIG, DEMO, MANUAL
from console.command_line.words import Command, Example

__all__ = ["COMMON", "CONSOLE", "ENVIRONMENT", "FILES", "PROGRAM", "SCREEN"]

CONSOLE = Command(
    PROGRAM,
    "tell what is wrong with a machine-learning model in production, and end it",
    description="Reads Prometheus and Alertmanager and tells, per model, what is wrong, since when, on what evidence, "
    "and which playbook ends it. Without a command the screen opens. Nothing is changed unless --write or the "
    "configuration allows it.",
    flags=(*COMMON, *SCREEN),
    commands=(
        *(SUMMARY, WATCH, DRIFT, BACKTEST, EXPORTER, REPORT, CONFIG, PLAYBOOKS, ACTIONS, JOURNAL),
        *(DEMO, COMPLETION, MANUAL),
    ),
    examples=(Example("--prometheus http://prometheus:9090", "open the screen; nothing has to be configured"),),
)
"""The program itself: without a command it opens the screen."""

ENVIRONMENT = (
    ("INCIDENT_CONSOLE_CONFIG", "The configuration file, where --config names none."),
    ("INCIDENT_CONSOLE_ACTIONS", "off stops all actions."),
    ("XDG_CONFIG_HOME, XDG_STATE_HOME", "Where configuration and state live; ~/.config and ~/.local/state if not set."),
    ("XDG_CACHE_HOME", "Where points are kept for the next start; ~/.cache if not set."),
    ("KUBECONFIG", "The kubeconfig, where neither --kubeconfig nor the configuration names one."),
    ("NO_COLOR", "Set to anything, it takes the colours away; so does TERM=dumb."),
)
"""Variables of the environment and what they do."""

FILES = (
    ("~/.config/incident-console/config.yaml", "The configuration; not needed to look."),
    ("~/.local/state/incident-console/", "The journal of incidents and actions, locks, and reports of crashes."),
    ("~/.local/state/incident-console/actions.off", "Stops all actions as long as it is there."),
)
"""Files and what they hold."""

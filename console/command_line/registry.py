"""The table of every command and flag. A new flag is a line here; `obeying/` says what a command does."""

from typing import get_args

from console.command_line.words import (
    ADDRESS,
    DIRECTORY,
    DURATION,
    FILE,
    GLOB,
    NAME,
    PATH,
    PLAYBOOK,
    REFERENCE,
    SCENARIO,
    TIME,
    URL,
    Argument,
    Command,
    Example,
    Flag,
    one_of,
)
from console.domain.anomaly import AnomalyKind
from console.domain.signal import FROM_PREDICTIONS, SIGNALS
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

FROM_METRICS = tuple(name for name, signal in SIGNALS.items() if signal not in FROM_PREDICTIONS)
"""Signals that metrics tell."""

_FORMAT = "how it is printed; default: text"

SUMMARY = Command(
    "summary",
    "print the fleet, worst models first",
    description="Reads every source once and prints what is wrong, since when and which playbook fits. Healthy models "
    "are counted. The exit status is that of the models shown.",
    flags=(
        *COMMON,
        Flag("--format", _FORMAT, one_of("FORMAT", "text", "json", "markdown"), default="text"),
        Flag("--model", "only models whose id matches, in detail; repeatable", GLOB, repeatable=True),
        Flag("--all", "list healthy models too"),
    ),
    examples=(
        Example("summary --prometheus http://prometheus:9090", "the fleet now"),
        Example("summary --prometheus http://prometheus:9090 --model 'fraud*' --at 15m", "some models, 15 minutes ago"),
    ),
)

WATCH = Command(
    "watch",
    "print the fleet, then a line per change",
    description="Prints what is not well, stays, and from then on prints a line whenever something changes: a model "
    "became worse or well, its worst anomaly or first playbook is another, a version appeared, an alert of a model "
    "fired or ended, a source went down or came back. Nothing is printed while nothing changes. What changes again and "
    "again is told to flap, then to be steady. The exit status is that of the last refresh.",
    flags=(
        *(flag for flag in COMMON if flag.name != "--at"),
        Flag("--format", f"{_FORMAT}; json is an object per line", one_of("FORMAT", "text", "json"), default="text"),
        Flag("--model", "only models whose id matches; repeatable", GLOB, repeatable=True),
        Flag("--until", "end when the fleet has this status", one_of("STATUS", "ok", "warning", "critical", "unknown")),
        Flag("--timeout", "end after this time, such as 30m", DURATION),
    ),
    refused=(("--at", f"watch follows the present; for the past: {PROGRAM} summary --at TIME"),),
    examples=(
        Example("watch --prometheus http://prometheus:9090", "what changes, for a small screen or a log"),
        Example("watch --model fraud --until ok --timeout 30m", "wait until a model is well again"),
    ),
)

DRIFT = Command(
    "drift",
    "print which columns of a model moved away from their reference",
    description="Compares the predictions that a model logged within a window with a data set or with its own past, "
    "and prints every column, most contributing first: broken data, drift, too little data, or ok. Only counts leave "
    "the store. The exit status is that of the worst column.",
    flags=(
        *(flag for flag in COMMON if flag.name != "--window"),
        Flag("--window", "how much is compared, up to --at or now; default: 1h", DURATION),
        Flag(
            "--against",
            "what it is measured against: a data set (URL), so much of the past before the window (7d), or START/END; "
            "default: what the configuration names, else the model's own past",
            REFERENCE,
        ),
        Flag("--slices", "which parts of the traffic carry the change"),
        Flag("--exact", "distances of numbers from up to 100,000 values on either side instead of bins"),
        Flag("--format", _FORMAT, one_of("FORMAT", "text", "json", "markdown", "csv"), default="text"),
    ),
    argument=Argument("MODEL", "name of the model in the log", NAME),
    examples=(
        Example("drift fraud --predictions 'duckdb:///logs/*.parquet'", "the last hour against the model's own past"),
        Example(
            "drift fraud --predictions 'duckdb:///logs/*.parquet' --window 1d --against duckdb:///training.parquet",
            "a day against the training data",
        ),
    ),
)

EXPORTER = Command(
    "exporter",
    "publish what is computed for Prometheus to scrape",
    description="Reads every source again and again, as watch does, and serves every signal of every model at "
    "/metrics: drift of each column, quality, anomalies, the state of the sources. What is not known has no sample. "
    "Ordinary rules can alert on it; --rules prints some to begin with. Stays until SIGTERM, which is no failure.",
    flags=(
        *(flag for flag in COMMON if flag.name != "--at"),
        Flag("--listen", "where it is served; default: 127.0.0.1:9187", ADDRESS, default="127.0.0.1:9187"),
        Flag("--rules", "print example alert rules and end"),
    ),
    refused=(("--at", f"exporter follows the present; for the past: {PROGRAM} summary --at TIME"),),
    examples=(
        Example("exporter --prometheus http://prometheus:9090 --predictions duckdb:///logs/*.parquet", "for a scrape"),
        Example("exporter --rules > incident-console.rules.yaml", "alert rules for Prometheus"),
    ),
)

BACKTEST = Command(
    "backtest",
    "print what the detector would have told of a series",
    description="Scores every point of a CSV file with the columns timestamp and value, or of a model's own past, by "
    "what the points before it looked like, and prints timestamp,value,score,anomaly. A score is from 0 to below 1; an "
    "anomaly is one of 0.5 and more. Timestamps are RFC 3339, YYYY-MM-DD HH:MM:SS in UTC, or seconds since 1970; any "
    "spacing will do.",
    flags=(
        *(flag for flag in COMMON if flag.name not in ("--at", "--window")),
        Flag("--model", "id or name of a model whose past is read instead of a file", NAME),
        Flag("--signal", "which of its signals, such as latency_p99", one_of("SIGNAL", *FROM_METRICS)),
        Flag("--from", "where it begins: RFC 3339, or a duration ago; default: 7d before its end", TIME),
        Flag("--to", "where it ends: RFC 3339, or a duration ago; default: now", TIME),
        Flag(
            "--direction",
            "which way is bad; default: both, or that of the signal",
            one_of("DIRECTION", "high", "low", "both"),
        ),
        Flag("--format", "how it is printed; default: csv", one_of("FORMAT", "csv", "json", "text"), default="csv"),
    ),
    argument=Argument("FILE", "a CSV file, - for what comes on stdin; none with --model", FILE, optional=True),
    refused=(
        ("--at", "backtest looks at a range; name its end with --to TIME"),
        ("--window", "backtest looks at a range; name it with --from TIME and --to TIME"),
    ),
    examples=(
        Example("backtest latency.csv > scored.csv", "a score beside each point"),
        Example("backtest latency.csv --direction high --format text", "only when it would have been told"),
        Example(
            "backtest --prometheus http://prometheus:9090 --model fraud --signal latency_p99 --from 30d --format text",
            "what the last month of a model would have told",
        ),
    ),
)

CONFIG = Command(
    "config",
    "check the configuration, or print its JSON Schema",
    commands=(
        Command("check", "tell what is configured, reachable and found", flags=COMMON),
        Command("schema", "print the JSON Schema of config.yaml"),
    ),
)

PLAYBOOKS = Command(
    "playbook",
    "list, show, write, check or test playbooks",
    commands=(
        Command(
            "list",
            "list the library",
            description="A line per playbook: id, version, title, the day of its last review, where it is from, the "
            "anomalies that it is for, its owners. A playbook stands in for the shipped one and for those of earlier "
            "directories with its id.",
            flags=(*COMMON, Flag("--format", _FORMAT, one_of("FORMAT", "text", "json"), default="text")),
        ),
        Command(
            "show",
            "print one playbook",
            flags=(*COMMON, Flag("--format", _FORMAT, one_of("FORMAT", "text", "json"), default="text")),
            argument=Argument("ID", "id of the playbook", PLAYBOOK),
        ),
        Command(
            "lint",
            "print every mistake",
            flags=COMMON,
            argument=Argument("PATH", "files or directories; the whole library if none", PATH, several=True),
        ),
        Command(
            "test",
            "follow the cases of playbooks and tell what is otherwise than expected",
            description="Cases are files of `kind: PlaybookTest` in NAME.test.yaml beside the playbook. "
            "They are followed by the same steps as real runs, without a cluster, a Prometheus or a clock.",
            flags=(*COMMON, Flag("--coverage", "tell which steps and ways no case has taken")),
            argument=Argument("PATH", "files or directories; all that is configured if none", PATH, several=True),
        ),
        Command(
            "new",
            "write a playbook to begin from",
            description="Writes ID.yaml with comments, cases that hold in ID.test.yaml, and JSON Schemas for editors. "
            "What is not given is asked on a terminal. Nothing is overwritten.",
            flags=(
                Flag("--title", "what it does, in one line", NAME),
                Flag("--owner", "who keeps it; repeatable", NAME, repeatable=True),
                Flag("--kind", "what breaks", one_of("KIND", *(kind.value for kind in AnomalyKind))),
                Flag("--serving", "only for models of a preset or kind of workload, such as vllm", NAME),
                Flag("--into", "the directory; default: the present one", DIRECTORY, default="."),
            ),
            argument=Argument("ID", "id of the playbook: lower-case words joined by -", NAME, optional=True),
        ),
        Command(
            "run",
            "follow a playbook for a model without a terminal",
            description="Prints each step. What asks a person is answered by --answers; at the first action the plan "
            "is printed (what it changes, its undo, its hash) and the command ends. To send that plan and no other: "
            "--write --yes --plan HASH. A run that an earlier call left open is gone on with; the terminal can take "
            "it up, too.",
            flags=(
                *(flag for flag in COMMON if flag.name not in ("--at", "--window")),
                Flag("--model", "id of the model", NAME),
                Flag("--rehearse", "do everything but change a system"),
                Flag("--answers", "YAML file: the key that answers each step", FILE),
                Flag("--yes", "send the plan of --plan without asking"),
                Flag("--plan", "hash of the plan that may be sent", NAME),
                Flag("--timeout", "follow the run for so long at most, such as 30m", DURATION),
                Flag("--format", _FORMAT, one_of("FORMAT", "text", "json"), default="text"),
            ),
            argument=Argument("ID", "id of the playbook", PLAYBOOK),
            refused=(
                ("--at", "a run acts on the present; for the past: incident-console summary --at TIME"),
                ("--window", "a run shows no charts"),
            ),
        ),
        Command(
            "schema",
            "print the JSON Schema of playbooks",
            flags=(Flag("--test", "that of their tests"),),
        ),
    ),
)

REPORT = Command(
    "report",
    "print what the journal tells of an incident: a draft of its review",
    description="Tells an incident from the journal: what broke, since when and how badly, charts of its signals, the "
    "causes as they were told then, what changed around it, who did what when, how long it took to detect, "
    "acknowledge, mitigate and recover, and what is left to do. Without INCIDENT it is the last one. --handoff tells "
    "the next person on call what is open, what happened and what was left. What looks like a secret is ***. Nothing "
    "is asked of any server.",
    flags=(
        *(flag for flag in COMMON if flag.name not in ("--at", "--window")),
        Flag("--format", "how it is printed; default: markdown", one_of("FORMAT", "markdown", "json", "html")),
        Flag("--list", "list the incidents, the last one first"),
        Flag("--handoff", "print what the next shift must know, as Markdown"),
        Flag("--since", "how long the shift was, such as 8h; default: 12h", DURATION),
    ),
    argument=Argument(
        "INCIDENT", "id of the incident, its beginning, or a model; the last one if none", NAME, optional=True
    ),
    refused=(
        ("--at", f"report tells what the journal holds; for the past of the fleet: {PROGRAM} summary --at TIME"),
        ("--window", "report shows an incident as a whole; a shift's length is --since DURATION"),
    ),
    examples=(
        Example("report", "the last incident, to paste into a document"),
        Example("report fraud --format html > fraud.html", "the last one of a model, with pictures"),
        Example("report --handoff --since 8h", "what the next shift must know"),
    ),
)

_OF_THE_JOURNAL = tuple(flag for flag in COMMON if flag.name not in ("--at", "--window"))

JOURNAL = Command(
    "journal",
    "print what was done, or whether anybody changed the record of it",
    commands=(
        Command(
            "show",
            "print the lines of the journal, oldest first",
            flags=(
                *_OF_THE_JOURNAL,
                Flag("--incident", "only those of an incident and of the runs for it", NAME),
                Flag("--run", "only those of a run", NAME),
                Flag("--since", "only those since then: RFC 3339, or a duration ago such as 8h", TIME),
                Flag(
                    "--format",
                    f"{_FORMAT}; json is an object per line",
                    one_of("FORMAT", "text", "json"),
                    default="text",
                ),
            ),
        ),
        Command(
            "verify",
            "check that no line was changed or removed",
            description="Follows the chain of each writer and names every line that does not fit, the first one first. "
            "A line that a crash cut off is told and is no failure. The exit status is 1 when a chain is broken.",
            flags=_OF_THE_JOURNAL,
        ),
        Command("schema", "print the SQL that makes the tables of a shared journal"),
    ),
)

DEMO = Command(
    "demo",
    "open the screen on a simulated fleet with an incident",
    description="Without a Prometheus on PATH, what models log is all there is. Nothing real is read or changed.",
    flags=(
        Flag("--scenario", "which incident; see --list", SCENARIO),
        Flag("--list", "list the scenarios"),
        Flag("--no-prometheus", "look at logged predictions alone"),
        *SCREEN,
    ),
)

COMPLETION = Command(
    "completion",
    "print a script with which a shell completes command lines",
    description="Completes commands, flags, choices, files and the ids of playbooks. In ~/.bashrc: eval "
    f'"$({PROGRAM} completion bash)". '
    f"For zsh save it as _{PROGRAM} in a directory of $fpath, for fish as "
    f"~/.config/fish/completions/{PROGRAM}.fish.",
    argument=Argument("SHELL", "bash, zsh or fish", one_of("SHELL", "bash", "zsh", "fish")),
)

MANUAL = Command(
    "man",
    "print the manual page",
    description=f"In the language of man(7); where it is not installed, {PROGRAM} man | man -l - shows it.",
)

CONSOLE = Command(
    PROGRAM,
    "tell what is wrong with a machine-learning model in production, and end it",
    description="Reads Prometheus and Alertmanager and tells, per model, what is wrong, since when, on what evidence, "
    "and which playbook ends it. Without a command the screen opens. Nothing is changed unless --write or the "
    "configuration allows it.",
    flags=(*COMMON, *SCREEN),
    commands=(SUMMARY, WATCH, DRIFT, BACKTEST, EXPORTER, REPORT, CONFIG, PLAYBOOKS, JOURNAL, DEMO, COMPLETION, MANUAL),
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

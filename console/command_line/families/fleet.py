"""Commands about the fleet: summary, watch, drift, exporter, backtest."""

from console.command_line.families.flags import COMMON, FORMAT_HELP, PROGRAM, WITHOUT_CHARTS
from console.command_line.words import (
    ADDRESS,
    DURATION,
    FILE,
    GLOB,
    NAME,
    REFERENCE,
    TIME,
    Argument,
    Command,
    Example,
    Flag,
    one_of,
)
from console.domain.signal import FROM_PREDICTIONS, SIGNALS

FROM_METRICS = tuple(name for name, signal in SIGNALS.items() if signal not in FROM_PREDICTIONS)
"""Signals that metrics tell."""

SUMMARY = Command(
    "summary",
    "print the fleet, worst models first",
    description="Reads every source once and prints what is wrong, since when and which playbook fits. Healthy models "
    "are counted. The exit status is that of the models shown.",
    flags=(
        *COMMON,
        Flag("--format", FORMAT_HELP, one_of("FORMAT", "text", "json", "markdown"), default="text"),
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
        Flag(
            "--format", f"{FORMAT_HELP}; json is an object per line", one_of("FORMAT", "text", "json"), default="text"
        ),
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
        Flag("--format", FORMAT_HELP, one_of("FORMAT", "text", "json", "markdown", "csv"), default="text"),
    ),
    arguments=(Argument("MODEL", "name of the model in the log", NAME),),
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
        *WITHOUT_CHARTS,
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
    arguments=(Argument("FILE", "a CSV file, - for what comes on stdin; none with --model", FILE, optional=True),),
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

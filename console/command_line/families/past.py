"""Commands that look back: report and journal."""

from console.command_line.families.flags import FORMAT_HELP, PROGRAM, WITHOUT_CHARTS
from console.command_line.words import DURATION, NAME, TIME, Argument, Command, Example, Flag, one_of

REPORT = Command(
    "report",
    "print what the journal tells of an incident: a draft of its review",
    description="Tells an incident from the journal: what broke, since when and how badly, charts of its signals, the "
    "causes as they were told then, what changed around it, who did what when, how long it took to detect, "
    "acknowledge, mitigate and recover, and what is left to do. Without INCIDENT it is the last one. --handoff tells "
    "the next person on call what is open, what happened and what was left. What looks like a secret is ***. Nothing "
    "is asked of any server.",
    flags=(
        *WITHOUT_CHARTS,
        Flag("--format", "how it is printed; default: markdown", one_of("FORMAT", "markdown", "json", "html")),
        Flag("--list", "list the incidents, the last one first"),
        Flag("--handoff", "print what the next shift must know, as Markdown"),
        Flag("--since", "how long the shift was, such as 8h; default: 12h", DURATION),
    ),
    arguments=(
        Argument(
            "INCIDENT", "id of the incident, its beginning, or a model; the last one if none", NAME, optional=True
        ),
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

JOURNAL = Command(
    "journal",
    "print what was done, or whether anybody changed the record of it",
    commands=(
        Command(
            "show",
            "print the lines of the journal, oldest first",
            flags=(
                *WITHOUT_CHARTS,
                Flag("--incident", "only those of an incident and of the runs for it", NAME),
                Flag("--run", "only those of a run", NAME),
                Flag("--since", "only those since then: RFC 3339, or a duration ago such as 8h", TIME),
                Flag(
                    "--format",
                    f"{FORMAT_HELP}; json is an object per line",
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
            flags=WITHOUT_CHARTS,
        ),
        Command("schema", "print the SQL that makes the tables of a shared journal"),
    ),
)

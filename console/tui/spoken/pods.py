"""The pods of a model as sentences."""

from console.domain.cluster_facts import ClusterFacts
from console.tui.panels.cluster_words import age_of_pod, pod_in_words, short_name
from console.tui.panels.lines import Span, line
from console.tui.panels.pods import find_pod, pod_rows
from console.tui.spoken.lines import spoken_text
from console.tui.widgets.columns import Column
from console.tui.widgets.table_rows import Cell, Row


def spoken_pod_columns() -> tuple[Column, ...]:
    """Return the only column."""
    return (Column("pod", "pods, one in a line, the worst first", 10, 10, flexible=True),)


def spoken_pod_rows(facts: ClusterFacts, now: float) -> list[Row]:
    """Return rows of the same pods, each a single cell that holds the pod's sentence."""
    rows = []
    for row in pod_rows(facts, now):
        pod = find_pod(facts, row.id)
        if pod is not None:
            parts = [
                f"{short_name(pod, facts)}: {pod_in_words(pod, now)}",
                f"{pod.ready} of {pod.count} containers ready",
            ]
            parts += [f"version {pod.version}"] if pod.version else []
            parts += [f"{age_of_pod(pod, now)} old"] if pod.created is not None else []
            parts += [f"on {pod.node}"] if pod.node else []
            rows.append(Row(row.id, (Cell(spoken_text(line(Span("; ".join(parts)))), row.cells[0].style),)))
    return rows

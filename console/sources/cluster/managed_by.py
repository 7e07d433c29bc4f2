"""Marks that tools leave on what they keep as a repository or a chart wants it."""

from console.domain.cluster_facts import ManagedBy
from console.domain.label import harmless
from console.sources.cluster.objects import Metadata

_ARGO_CD_MARKS = ("argocd.argoproj.io/tracking-id", "argocd.argoproj.io/instance")
_FLUX_MARKS = ("kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name")
_HELM_MARK = "app.kubernetes.io/managed-by"
_HELM_RELEASE = "meta.helm.sh/release-name"


def managed_by(metadata: Metadata) -> tuple[ManagedBy, ...]:
    """Return the tools that keep an object as it is written elsewhere, with what that means for a change here."""
    annotations, labels = metadata.annotations or {}, metadata.labels or {}
    marks = annotations | labels
    found: list[ManagedBy] = []
    argo = next((marks[mark] for mark in _ARGO_CD_MARKS if mark in marks), None)
    if argo is not None:
        name = harmless(argo.partition(":")[0])
        found.append(ManagedBy("Argo CD", name, "where it syncs by itself it undoes what differs from Git"))
    flux = next((marks[mark] for mark in _FLUX_MARKS if mark in marks), None)
    if flux is not None:
        found.append(ManagedBy("Flux", harmless(flux), "it undoes what its source sets otherwise"))
    elif labels.get(_HELM_MARK) == "Helm":
        release = harmless(annotations.get(_HELM_RELEASE, ""))
        found.append(ManagedBy("Helm", release, "the next upgrade may set what the chart sets"))
    return tuple(found)

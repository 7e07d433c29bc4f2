"""What is added to a judged fleet: causes of what logs tell."""

from console.detect.findings import PredictionFindings
from console.domain.anomaly import Anomaly, AnomalyKind, CauseKind, Incident, Severity, Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.series import Grid
from console.domain.snapshot import ModelView
from console.engine.explaining import Explainer
from console.engine.judging import FleetJudge
from console.history.view import History
from console.playbooks.library import Library
from console.settings.settings import Settings

AT = 1_795_316_700.0
DAY = 86_400.0


async def test_a_drift_behind_an_older_incident_has_a_cause_too() -> None:
    slow = Anomaly("fraud/latency_p99", AnomalyKind.LATENCY, "latency_p99", Severity.CRITICAL, AT - DAY, "p99 2 s")
    drift = Anomaly("fraud/drift", AnomalyKind.PREDICTION_DRIFT, "drift", Severity.WARNING, AT - 60, "it drifted")
    fraud = Model("fraud", Label("fraud"))
    frozen = ModelView(fraud, Status.CRITICAL, {}, incident=Incident("fraud", slow.onset, (slow,)))
    grid = Grid.until(AT, 3600.0, 15.0)
    history = History(at=AT, fine_grid=grid, coarse_grid=grid, models=())
    settings = Settings()
    judge = FleetJudge(settings, Library.load(()), None, None, Explainer(settings, None, None))
    findings = [PredictionFindings(fraud, {}, (drift,))]
    (view,), _ = await judge.views(history, findings, (), live=False, frozen=(frozen,))
    assert view.incident is not None
    assert view.incident.anomalies[0].id == slow.id
    assert [cause.kind for cause in view.other_incidents[0].anomalies[0].causes] == [CauseKind.UNKNOWN]

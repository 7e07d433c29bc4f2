"""A fake Kubeflow Pipelines: real HTTP, and of the REST API v2beta1 what its swagger says of what is asked here.

No Kubeflow Pipelines can run beside the tests: it needs a cluster, a database and an object store. What it keeps is in
memory; runs change their states when a test says so. Like the real one it does not know filters that are not JSON,
names runs itself, gives texts back as they came, and lets nobody terminate a run that has ended.
"""

import json
import uuid
from collections.abc import Callable
from typing import Any

from tests.sources.lying_server import CLOSE, Lie, LyingServer, Request, answer

API = "/apis/v2beta1"
PIPELINE_ID = "11111111-2222-3333-4444-555555555555"
VERSION_ID = "66666666-7777-8888-9999-aaaaaaaaaaaa"
EXPERIMENT_ID = "bbbbbbbb-cccc-dddd-eeee-ffffffffffff"
TOKEN = "t0ken-of-kubeflow"
ENDED = ("SUCCEEDED", "FAILED", "CANCELED")
SPECIFICATION: dict[str, Any] = {
    "pipelineInfo": {"name": "train-model"},
    "schemaVersion": "2.1.0",
    "root": {
        "inputDefinitions": {
            "parameters": {
                "model": {"parameterType": "STRING"},
                "epochs": {"parameterType": "NUMBER_INTEGER", "defaultValue": 10},
                "rate": {"parameterType": "NUMBER_DOUBLE", "isOptional": True},
                "layers": {"parameterType": "LIST", "isOptional": True},
            }
        }
    },
}


class FakeKubeflow(LyingServer):
    """Keeps one pipeline, one experiment and the runs that were started; `lies` are told instead of the next POSTs."""

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__()
        self._token = token
        self.runs: list[dict[str, Any]] = []
        self.specification: Any = SPECIFICATION
        self.lies: list[Lie] = []
        self.lies_to_reads: list[Lie] = []
        self.loses_answers = False
        """Whether what is asked for is done and no answer is given."""
        self.filters = True

    @property
    def posted(self) -> list[Request]:
        """Return the requests that would change something."""
        return [request for request in self.requests if request.method == "POST"]

    def set_state(self, state: str, message: str | None = None) -> None:
        """Let the newest run reach a state."""
        run = self.runs[-1]
        error = None if message is None else {"code": 2, "message": message, "details": []}
        run["state"], run["error"] = state, error
        run["state_history"].append({"update_time": "2026-11-22T03:10:00Z", "state": state, "error": error})

    def advance(self) -> None:
        """Let every run get one state further; one that is ended by hand is told as failed, as by the engine below."""
        later = {"PENDING": "RUNNING", "RUNNING": "SUCCEEDED", "CANCELING": "FAILED"}
        for run in self.runs:
            if run["state"] in later:
                run["state"] = later[run["state"]]
                run["state_history"].append({"update_time": "2026-11-22T03:10:00Z", "state": run["state"]})

    async def _lie_for(self, request: Request) -> Lie:
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return status(401, 16, "Request header error: there is no user identity header.")
        if request.method == "POST":
            if self.lies:
                return self.lies.pop(0)
            done = self._post(request)
            return CLOSE if self.loses_answers else done
        return self.lies_to_reads.pop(0) if self.lies_to_reads else self._get(request)

    def _get(self, request: Request) -> Lie:
        pipeline = {"pipeline_id": PIPELINE_ID, "display_name": "train model", "name": "train-model"}
        experiment = {"experiment_id": EXPERIMENT_ID, "display_name": "Retraining", "namespace": "ml"}
        version = {
            "pipeline_id": PIPELINE_ID,
            "pipeline_version_id": VERSION_ID,
            "display_name": "v7",
            "pipeline_spec": self.specification,
        }
        lists = {
            f"{API}/pipelines": ("pipelines", [pipeline]),
            f"{API}/pipelines/{PIPELINE_ID}/versions": ("pipeline_versions", [version]),
            f"{API}/experiments": ("experiments", [experiment]),
            f"{API}/runs": ("runs", list(reversed(self.runs))),
        }
        if request.path in lists:
            key, everything = lists[request.path]
            is_meant = self._predicate(request) if self.filters else lambda _: True
            found = [each for each in everything if is_meant(each)]
            return answer({key: found, "total_size": len(found), "next_page_token": ""})
        single = {f"{API}/runs/{run['run_id']}": run for run in self.runs}
        single[f"{API}/pipelines/{PIPELINE_ID}/versions/{VERSION_ID}"] = version
        if request.path in single:
            return answer(single[request.path])
        return status(404, 5, f"{request.path.rpartition('/')[2]} not found")

    def _predicate(self, request: Request) -> Callable[[dict[str, Any]], bool]:
        predicates = json.loads(request.query["filter"][0])["predicates"] if "filter" in request.query else []

        def is_meant(found: dict[str, Any]) -> bool:
            for predicate in predicates:
                value = found.get(predicate["key"])
                match predicate["operation"]:
                    case "EQUALS":
                        holds = value == predicate["stringValue"]
                    case "IS_SUBSTRING":
                        holds = predicate["stringValue"] in str(value)
                    case "IN":
                        holds = value in predicate["stringValues"]["values"]
                    case other:
                        raise AssertionError(other)
                if not holds:
                    return False
            return True

        return is_meant

    def _post(self, request: Request) -> Lie:
        if request.path == f"{API}/runs":
            asked = json.loads(request.body)
            run = {
                "experiment_id": EXPERIMENT_ID,
                **asked,
                "run_id": str(uuid.uuid4()),
                "storage_state": "AVAILABLE",
                "created_at": "2026-11-22T03:08:20Z",
                "finished_at": "1970-01-01T00:00:00Z",
                "state": "PENDING",
                "error": None,
                "state_history": [{"update_time": "2026-11-22T03:08:20Z", "state": "PENDING", "error": None}],
            }
            self.runs.append(run)
            return answer(run)
        for run in self.runs:
            if request.path == f"{API}/runs/{run['run_id']}:terminate":
                if run["state"] in ENDED:
                    return status(400, 3, f"Failed to terminate run {run['run_id']}: it has ended")
                run["state"] = "CANCELING"
                run["state_history"].append({"update_time": "2026-11-22T03:09:00Z", "state": "CANCELING"})
                return answer({})
        return status(404, 5, "Run not found")


def status(code: int, grpc_code: int, message: str) -> Lie:
    """Return an error as the gateway of the API tells it."""
    return answer({"error": message, "code": grpc_code, "message": message, "details": []}, code)

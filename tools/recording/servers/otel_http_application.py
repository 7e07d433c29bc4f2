"""A Starlette application that OpenTelemetry measures; arguments: the ports for HTTP and for metrics."""

import sys
from collections.abc import Awaitable, Callable

import uvicorn
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.instrumentation.starlette import StarletteInstrumentor
from opentelemetry.metrics import set_meter_provider
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import start_http_server
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tools.recording.servers.scorer import predict


def scoring(model: str) -> Callable[[Request], Awaitable[JSONResponse]]:
    """Return what answers requests to one model: 503 while it drains, 500 when an exception is left to Starlette."""

    async def score(request: Request) -> JSONResponse:
        asked = await request.json()
        if asked.get("draining"):
            return JSONResponse({"error": "draining"}, status_code=503)
        return JSONResponse({"score": predict(model, asked["features"])})

    return score


async def ready(request: Request) -> JSONResponse:
    """Answer probes."""
    return JSONResponse({"ready": True})


def run(http: int, metrics: int) -> None:
    """Serve until the process is stopped."""
    set_meter_provider(MeterProvider(metric_readers=[PrometheusMetricReader()]))
    start_http_server(metrics, "127.0.0.1")
    models = [Route(f"/{model}/predict", scoring(model), methods=["POST"]) for model in ("fraud", "churn")]
    application = Starlette(routes=[*models, Route("/readyz", ready)])
    StarletteInstrumentor.instrument_app(application)
    uvicorn.run(application, host="127.0.0.1", port=http)


if __name__ == "__main__":
    run(*map(int, sys.argv[1:]))

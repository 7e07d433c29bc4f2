"""An agent that asks a language model through the openai client, measured by OpenTelemetry.

Arguments: the ports for HTTP, for metrics and for the language model, which is a fake.
"""

import sys

import uvicorn
from openai import APIStatusError, AsyncOpenAI
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.metrics import set_meter_provider
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import start_http_server
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tools.recording.servers.fake_openai import start_fake_openai


async def ask(request: Request) -> JSONResponse:
    """Put the question of the request to the model that it names; 502 when the model refuses."""
    asked = await request.json()
    client: AsyncOpenAI = request.app.state.client
    try:
        if asked["operation"] == "embeddings":
            await client.embeddings.create(model=asked["model"], input=asked["question"])
        else:
            question = {"role": "user", "content": asked["question"]}
            await client.chat.completions.create(model=asked["model"], messages=[question])
    except APIStatusError as error:
        return JSONResponse({"error": str(error)}, status_code=502)
    return JSONResponse({"answered": True})


async def ready(request: Request) -> JSONResponse:
    """Answer probes."""
    return JSONResponse({"ready": True})


def run(http: int, metrics: int, model: int) -> None:
    """Serve until the process is stopped."""
    set_meter_provider(MeterProvider(metric_readers=[PrometheusMetricReader()]))
    OpenAIInstrumentor().instrument()
    start_http_server(metrics, "127.0.0.1")
    start_fake_openai(model)
    application = Starlette(routes=[Route("/ask", ask, methods=["POST"]), Route("/readyz", ready)])
    application.state.client = AsyncOpenAI(
        base_url=f"http://127.0.0.1:{model}/v1", api_key="not-needed-by-a-fake", max_retries=0
    )
    uvicorn.run(application, host="127.0.0.1", port=http)


if __name__ == "__main__":
    run(*map(int, sys.argv[1:]))

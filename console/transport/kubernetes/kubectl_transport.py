"""The Kubernetes transport for exotic logins: every request is one run of kubectl, which knows all ways to log in."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from console.transport.kubernetes import errors
from console.transport.kubernetes.answering_transport import AnsweringTransport
from console.transport.kubernetes.answers import Answer
from console.transport.kubernetes.kubeconfig import check_context
from console.transport.kubernetes.kubectl_process import Finished, clean_environment, run_kubectl
from console.transport.kubernetes.kubectl_words import arguments, refusal, unknown_fields, was_never_sent
from console.transport.kubernetes.requests import ApiRequest, encoded

_LONGEST_COMPLAINT = 2000


class KubectlTransport(AnsweringTransport):
    """Sends requests to the API server of one context of one kubeconfig, each by a run of kubectl.

    It differs from `Kr8sTransport` where kubectl leaves no choice: a patch is preceded by kubectl's own read of the
    object, unknown fields in a patch are refused in its dry run only, and an answer of 429 or 5xx with `Retry-After`
    makes kubectl itself send again until the deadline. `environment` is what kubectl may take its few variables from.

    Raises:
        KubeconfigError: the kubeconfig has no such context.
    """

    def __init__(
        self,
        kubeconfig: Path,
        context: str,
        *,
        program: str = "kubectl",
        deadline_seconds: float = 10.0,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        check_context(kubeconfig, context, every_login=True)
        self._context = context
        self._deadline_seconds = deadline_seconds
        self._environment = clean_environment(environment)
        # kubectl gives up by itself a little later than it is killed: a console that was killed leaves none behind.
        self._argv = [
            program,
            f"--kubeconfig={kubeconfig}",
            f"--context={context}",
            f"--request-timeout={deadline_seconds + 1:g}s",
        ]
        self._runs: set[asyncio.Task[Finished]] = set()

    @property
    def context(self) -> str:
        """Return the name of the context, as the kubeconfig writes it."""
        return self._context

    async def close(self) -> None:
        """End every run of kubectl that is in flight."""
        for run in tuple(self._runs):
            run.cancel()
        await asyncio.gather(*self._runs, return_exceptions=True)

    async def _answer(self, request: ApiRequest) -> Answer:
        finished = await self._run(request)
        if finished.code == 0 and not finished.timed_out and not finished.too_large:
            if (fields := unknown_fields(finished.complaint)) and not request.mutates:
                raise errors.Invalid(request.line, fields, status=422, reason="Invalid")
            return Answer(200, {}, finished.output)
        if not finished.timed_out and (refused := refusal(finished.complaint)) is not None:
            return refused
        raise self._silence(request, finished)

    async def _run(self, request: ApiRequest) -> Finished:
        argv = [*self._argv, *arguments(request)]
        body = b"" if request.body is None else encoded(request.body)
        running = asyncio.create_task(run_kubectl(argv, self._environment, body, self._deadline_seconds))
        self._runs.add(running)
        running.add_done_callback(self._runs.discard)
        try:
            return await running
        except OSError as error:
            message = f"{self._argv[0]} cannot be run ({error.strerror}); nothing was sent"
            raise errors.Unreachable(request.line, message) from error
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                running.cancel()
                raise
            raise self._lost(request, "the transport was closed") from None

    def _silence(self, request: ApiRequest, finished: Finished) -> errors.KubernetesError:
        """Return the error of a request that the API did not answer, as far as kubectl tells."""
        if finished.timed_out:
            return self._lost(request, f"no end within {self._deadline_seconds:g} s, kubectl was killed")
        if finished.too_large:
            return self._lost(request, "the answer is larger than 64 MiB")
        complaint = finished.complaint.strip()[:_LONGEST_COMPLAINT] or f"kubectl ended with code {finished.code}"
        if was_never_sent(complaint):
            return errors.Unreachable(request.line, f"{complaint}; nothing was sent" if request.mutates else complaint)
        return self._lost(request, complaint)

    def _lost(self, request: ApiRequest, why: str) -> errors.KubernetesError:
        if request.mutates:
            return errors.OutcomeUnknown(request.line, why, may_have_been_applied=True)
        return errors.NoAnswer(request.line, why)

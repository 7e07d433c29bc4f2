"""The real kubectl, run against a simulated cluster."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from console.simulation.cluster import SimulatedCluster

KUBECTL = Path(sys.executable).with_name("kubectl")


class Kubectl(msgspec.Struct, frozen=True):
    """kubectl with a kubeconfig and a home of its own."""

    kubeconfig: Path
    home: Path

    async def __call__(self, *arguments: str, namespace: str = "ml", seconds: float = 20) -> str:
        """Run kubectl and return what it printed; anything but exit code 0 fails the test."""
        code, printed, told = await self.run(*arguments, namespace=namespace, seconds=seconds)
        assert code == 0, told
        return printed

    async def refused(self, *arguments: str) -> str:
        """Run kubectl, which must fail, and return why it says it did."""
        code, _, told = await self.run(*arguments)
        assert code == 1
        return told

    async def run(self, *arguments: str, namespace: str = "ml", seconds: float = 20) -> tuple[int, str, str]:
        environment = {"KUBECONFIG": str(self.kubeconfig), "HOME": str(self.home)}
        process = await asyncio.create_subprocess_exec(
            str(KUBECTL),
            f"--namespace={namespace}",
            *arguments,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, told = await asyncio.wait_for(process.communicate(), seconds)
        assert process.returncode is not None
        return process.returncode, printed.decode(), told.decode()


@asynccontextmanager
async def kubectl_for(cluster: SimulatedCluster, directory: Path) -> AsyncIterator[Kubectl]:
    """Serve a cluster by TLS, without which kubectl does not send its token, and yield the kubectl that talks to it."""
    async with cluster.serve(tls=True) as served:
        kubeconfig = directory / "kubeconfig"
        served.write_kubeconfig(kubeconfig)
        yield Kubectl(kubeconfig, directory)

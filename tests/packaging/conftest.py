"""The environment that holds only the wheel, one for all tests of this folder."""

import pytest

from tests.packaging.wheel import WheelEnvironment, build_wheel


@pytest.fixture(scope="session")
def wheel_environment(tmp_path_factory: pytest.TempPathFactory) -> WheelEnvironment:
    """The wheel of this tree, installed with its runtime requirements and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    return WheelEnvironment(build_wheel(folder), folder / "environment")

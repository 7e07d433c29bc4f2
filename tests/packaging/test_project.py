import re
import tomllib
from importlib.metadata import packages_distributions
from typing import Any

import pytest

from tests.packaging.wheel import PROJECT

PIN = re.compile(r"[a-z0-9-]+==[^ ;]+( ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def pins_of(name: str) -> set[str]:
    return {line for line in (PROJECT / name).read_text().splitlines() if not line.startswith(" ")}


def hashes_by_pin(name: str) -> dict[str, str]:
    pins = re.split(r"^(?=[a-z0-9])", (PROJECT / name).read_text(), flags=re.MULTILINE)[1:]
    return {pin: hashes for pin, _, hashes in (text.partition("\n") for text in pins)}


def pyproject() -> Any:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text())


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "requirements-spark.txt", "requirements-mlflow.txt"]
)
def test_requirements_hold_pins_and_hashes_and_no_address(name: str) -> None:
    lines = (PROJECT / name).read_text().splitlines()
    assert lines
    assert [line for line in lines if not (PIN.fullmatch(line) or HASH.fullmatch(line))] == []


def test_developers_test_what_users_install() -> None:
    """Pin by pin and hash by hash: the environment of the wheel is linked from what developers install."""
    assert hashes_by_pin("requirements.txt").items() < hashes_by_pin("requirements-dev.txt").items()


def test_spark_joins_what_developers_have() -> None:
    added = pins_of("requirements-spark.txt") - pins_of("requirements-dev.txt")
    assert {line.partition("==")[0] for line in added} == {"py4j", "pyspark"}


def test_the_contract_of_the_domain_names_every_dependency() -> None:
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    (forbidden,) = [set(contract["forbidden_modules"]) for contract in contracts if contract["id"] == "domain"]
    dependencies = {re.split(r"[<>=\[]", text)[0].lower() for text in pyproject()["project"]["dependencies"]}
    modules = {
        module
        for module, distributions in packages_distributions().items()
        if dependencies & {name.lower() for name in distributions} and not module.startswith("_")
    }
    assert {"yaml", "textual"} <= modules
    assert modules - {"msgspec"} <= forbidden

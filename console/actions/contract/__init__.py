"""The contract that every action keeps, as checks that any provider can run; no test framework is needed."""

from console.actions.contract.checks import Check, ContractBroken, checks_of
from console.actions.contract.obligations import Obligation, findings, obligations
from console.actions.contract.stand import Case, Lacking, Stand

__all__ = ["Case", "Check", "ContractBroken", "Lacking", "Obligation", "Stand", "checks_of", "findings", "obligations"]

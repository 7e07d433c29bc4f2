"""From what clients inside replicas measure to the dependencies of each model."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

import msgspec

from console.domain.circumstances import Dependency
from console.domain.model import Model
from console.domain.series import NOT_A_NUMBER, Series
from console.history.circumstances.adding import added
from console.settings.settings import ModelRule
from console.sources.prometheus.client_queries import ADDRESS, ASKED, FAILED, MEASURED, SPENT

MOST_DEPENDENCIES = 12
"""Dependencies of one model that are told, those that it calls most: some services call hundreds of addresses."""


class Called(msgspec.Struct, frozen=True):
    """What one model measured of one address: per second, requests, seconds spent on them, and failures."""

    asked: Series
    latency: Series | None
    error_ratio: Series


def called_by(rows: Iterable[tuple[Mapping[str, str], Series]]) -> dict[str, Called]:
    """Return what the replicas of one model called together, by address, from all rows about them."""
    by_address: defaultdict[str, defaultdict[str, list[Series]]] = defaultdict(lambda: defaultdict(list))
    for labels, series in rows:
        by_address[labels.get(ADDRESS, "")][labels.get(MEASURED, "")].append(series)
    return {address: _called(found) for address, found in by_address.items() if ASKED in found}


def _called(found: Mapping[str, Sequence[Series]]) -> Called:
    asked = added(found[ASKED])
    spent = added(found[SPENT]) if SPENT in found else None
    failed = added(found[FAILED]) if FAILED in found else None
    return Called(asked, _per_request(spent, asked) if spent is not None else None, _share_of(failed, asked))


def _per_request(amount: Series, asked: Series) -> Series:
    pairs = zip(amount.values, asked.values, strict=True)
    return Series(asked.grid, array("d", [part / whole if whole > 0 else NOT_A_NUMBER for part, whole in pairs]))


def _share_of(failed: Series | None, asked: Series) -> Series:
    """Return the failures as a share of the requests; failures that were never counted are none."""
    if failed is None:
        return _mapped(asked, lambda value: 0.0 if value > 0 else NOT_A_NUMBER)
    return _per_request(_mapped(failed, lambda value: value if value == value else 0.0), asked)


def _mapped(series: Series, change: Callable[[float], float]) -> Series:
    return Series(series.grid, array("d", map(change, series.values)))


def configured(models: Iterable[Model], rules: Sequence[ModelRule]) -> dict[str, tuple[str, ...]]:
    """Return what each model (by id) is said to depend on by the first rule that matches it."""
    if not any(rule.depends_on for rule in rules):
        return {}
    found = {}
    for model in models:
        rule = next((rule for rule in rules if _matches(rule, model)), None)
        if rule is not None and rule.depends_on:
            found[model.id] = rule.depends_on
    return found


def _matches(rule: ModelRule, model: Model) -> bool:
    return fnmatchcase(model.id, rule.match) or fnmatchcase(model.name.raw, rule.match)


def dependencies_by_model(
    called: Mapping[str, Mapping[str, Called]], said: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[Dependency, ...]]:
    """Return the dependencies of each model (by id) of which calls were read, each with all models known to call it.

    `called` are measurements by model and address, `said` what the configuration names. A name that it gives stands for
    the address that is so called or begins with it: `feature-store` for `feature-store.ml.svc`.
    """
    names = {name for of_model in said.values() for name in of_model}
    callers: defaultdict[str, set[str]] = defaultdict(set)
    for model_id, of_model in said.items():
        for name in of_model:
            callers[name].add(model_id)
    for model_id, addresses in called.items():
        for address in addresses:
            callers[_name_of(address, names)].add(model_id)
    return {model_id: _of_model(model_id, called, said, names, callers) for model_id in called}


def _of_model(
    model_id: str,
    called: Mapping[str, Mapping[str, Called]],
    said: Mapping[str, tuple[str, ...]],
    names: set[str],
    callers: Mapping[str, set[str]],
) -> tuple[Dependency, ...]:
    measured: dict[str, Called] = {}
    for address, found in sorted(called[model_id].items(), key=lambda item: -_most(item[1].asked)):
        measured.setdefault(_name_of(address, names), found)
    told = dict.fromkeys([*said.get(model_id, ()), *list(measured)[:MOST_DEPENDENCIES]])
    return tuple(
        Dependency(
            name,
            measured[name].latency if name in measured else None,
            measured[name].error_ratio if name in measured else None,
            tuple(sorted(callers[name])),
        )
        for name in told
    )


def _name_of(address: str, names: set[str]) -> str:
    """Return what the configuration calls an address, else the address."""
    host = address.partition(":")[0]
    return next((name for name in (address, host, host.partition(".")[0]) if name in names), address)


def _most(series: Series) -> float:
    return max((value for _, value in series.points()), default=0.0)

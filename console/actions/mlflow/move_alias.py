"""`mlflow.move_alias`: let an alias of a registered model point to another version."""

import re
from collections.abc import Callable, Mapping

import msgspec

from console.actions.argument_values import bounded_number, refuse_unknown, text_or_none
from console.actions.mlflow.answers import READY
from console.actions.mlflow.committing import AliasCommitting
from console.actions.mlflow.moving import Moving, moving, version_in_words
from console.actions.mlflow.outcome import moved_since
from console.actions.mlflow.server import MlflowServer, Servers
from console.actions.mlflow.serving import LOADED_ONCE, what_notices
from console.actions.provider import ActionRefused, Occasion, Prospect
from console.actions.servers.servers import SETTLE_SECONDS
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import FieldChange, Plan, RiskTier, Undo
from console.domain.label import harmless
from console.domain.model import Model, Target
from console.transport.kubernetes import KubernetesTransport

NO_DRY_RUN = "MLflow has none; the version and the alias are read from it"
MOVE_ALIAS = ActionSpecification(
    name="mlflow.move_alias",
    title="Let an alias of the registered model point to another version",
    arguments=(
        Argument(name="alias", meaning="which alias, such as champion"),
        Argument(name="version", meaning="to which version of the registered model", kind="integer", least=1),
        Argument(
            name="model", meaning="the registered model; as the configuration calls it where left out", required=False
        ),
        Argument(name="mlflow", meaning="which MLflow, where several are configured", required=False),
    ),
    undo="the alias points to the version of before, or is deleted where there was none",
    tier=RiskTier.WIDE,
    proof="system",
)
NO_COMPARE_AND_SET = (
    "MLflow cannot compare and set: the alias is read right before the request and right after it, and a move by"
    " somebody else in between is overwritten"
)
_KEPT_BY_MLFLOW = re.compile(r"latest|v[0-9]+", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


class MoveAlias(AliasCommitting):
    """Moves aliases to versions that exist and are ready."""

    specification = MOVE_ALIAS

    def __init__(
        self,
        servers: Servers,
        clock: Callable[[], float],
        settle_seconds: float = SETTLE_SECONDS,
        transport: KubernetesTransport | None = None,
    ) -> None:
        super().__init__(servers, clock, settle_seconds)
        self._transport = transport

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return the MLflow servers where there are several, else the only alias of the model and its version.

        Raises:
            ActionRefused: the only server cannot be read.
        """
        servers = self._servers.all
        if len(servers) > 1:
            return Prospect(choices={"mlflow": tuple(server.settings.name for server in servers)})
        model = await servers[0].registered_model(_registered_name(servers[0], occasion.view.model))
        if model is None or len(model.aliases) != 1:
            return Prospect()
        return Prospect(present={"alias": model.aliases[0].alias, "version": model.aliases[0].version})

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return the plan to let an alias point to a version, refused where that is not ready.

        Raises:
            ActionRefused: an argument is none, the version is not there, or the registry cannot be read.
        """
        refuse_unknown(MOVE_ALIAS, arguments)
        alias = _alias(arguments)
        wanted, made_at = str(bounded_number(MOVE_ALIAS, arguments, "version")), self._clock()
        server = self._servers.named(text_or_none(MOVE_ALIAS, arguments, "mlflow"))
        name = text_or_none(MOVE_ALIAS, arguments, "model") or _registered_name(server, occasion.view.model)
        why_not = await _why_not_to(server, name, wanted)
        now = await server.version_of(name, alias)
        move = Moving(name, alias, version=wanted, expects=now)
        if now == wanted:
            why_not = (moved_since(move, now), *why_not)
        target = Target(server.place, "", "RegisteredModel", name, f"registered-model/{server.place}/{name}")
        notices = await what_notices(self._transport, occasion, move)
        plan = await _plan(server, occasion.model_id, target, move, made_at, notices)
        back = move.back
        undo = Undo(title=_title(back), changes=_changes(back), request=back.request)
        return msgspec.structs.replace(plan, undo=undo, refusals=why_not)

    async def plan_undo(self, plan: Plan, *, may_dry_run: bool) -> Plan:
        """Return the plan to move the alias back, or to delete it where there was none; refused when it moved on.

        Raises:
            ActionRefused: the plan has no inverse, or the registry cannot be read.
        """
        if plan.undo is None:
            raise ActionRefused(f"{plan.title} cannot be undone")
        back, made_at = moving(plan.undo.request), self._clock()
        server = self._servers.at(plan.target.context)
        why_not = () if back.version is None else await _why_not_to(server, back.name, back.version)
        now = await server.version_of(back.name, back.alias)
        if now != back.expects:
            why_not = (moved_since(back, now), *why_not)
        notices = plan.notes[0] if plan.notes else LOADED_ONCE  # of the same pods
        undo = await _plan(server, plan.model_id, plan.target, back, made_at, notices)
        return msgspec.structs.replace(undo, refusals=why_not, undoes=plan.hash)


def _alias(arguments: Mapping[str, object]) -> str:
    """Return which alias is meant.

    Raises:
        ActionRefused: none is, or a name that MLflow resolves by itself.
    """
    alias = text_or_none(MOVE_ALIAS, arguments, "alias")
    if alias is None:
        raise ActionRefused(f"{MOVE_ALIAS.name}: alias is missing: which alias, such as champion")
    if _KEPT_BY_MLFLOW.fullmatch(alias):
        raise ActionRefused(f"{MOVE_ALIAS.name}: MLflow keeps the alias {harmless(alias)} for itself")
    return alias


async def _plan(
    server: MlflowServer, model_id: str, target: Target, move: Moving, made_at: float, notices: str
) -> Plan:
    to = version_in_words(move.version)
    return Plan(
        action=MOVE_ALIAS.name,
        title=_title(move),
        confirm=f"delete {move.shown}" if move.version is None else f"move {move.shown} to {to}",
        model_id=model_id,
        target=target,
        request=move.request,
        changes=_changes(move),
        tier=RiskTier.HARD_TO_UNDO if server.settings.critical else RiskTier.WIDE,
        made_at=made_at,
        dry_run=NO_DRY_RUN,
        watch=(
            f"{move.shown} is at {to}",
            *([] if move.version is None else [f"the metrics report {to} once it is loaded"]),
        ),
        notes=(notices, NO_COMPARE_AND_SET),
        command=move.command((await server.endpoint()).url),
    )


def _title(move: Moving) -> str:
    if move.version is None:
        return f"Delete alias {move.shown}"
    return f"Let alias {move.shown} point to {version_in_words(move.version)}"


def _changes(move: Moving) -> tuple[FieldChange, ...]:
    return (FieldChange(move.shown, version_in_words(move.expects), version_in_words(move.version)),)


async def _why_not_to(server: MlflowServer, name: str, wanted: str) -> tuple[str, ...]:
    """Return why no alias may point to a version, nothing where one may.

    Raises:
        ActionRefused: the version is not there, or cannot be read.
    """
    version = await server.version(name, wanted)
    if version.status == READY:
        return ()
    why = harmless(f"{version.status}: {version.status_message}" if version.status_message else version.status)
    return (f"{version_in_words(wanted)} of {harmless(name)} is not ready ({why})",)


def _registered_name(server: MlflowServer, model: Model) -> str:
    """Return what a model is called in a registry, by the pattern of the settings.

    Raises:
        ActionRefused: the pattern names a label that the model does not have.
    """
    known = {**model.labels, "name": model.name.raw}

    def value(found: re.Match[str]) -> str:
        if not known.get(found[1]):
            names = f"which model of {harmless(server.settings.name)} (mlflow) names"
            raise ActionRefused(
                f"{model.shown_id} has no label {found[1]}, {names}: say which registered model is meant"
            )
        return known[found[1]]

    return _PLACEHOLDER.sub(value, server.settings.model)

"""What can be configured, with its defaults; every duration is in seconds, every ratio between 0 and 1."""

import re
from typing import Annotated, Literal

import msgspec

from console.domain.address import without_secrets
from console.domain.moments import WRITTEN_AS_DURATION, Interval, Seconds
from console.domain.objective import Objective
from console.settings.acting import PlaceName, Tier
from console.settings.bad_document import BadKey
from console.settings.channels import Channel
from console.settings.commands import CommandSettings
from console.settings.credentials import BasicAuth, TlsSettings, require_reachable
from console.settings.evidently import EvidentlyFolder
from console.settings.journal import JournalSettings
from console.settings.kubeflow import RetrainingPipeline
from console.settings.predictions import PredictionStore
from console.settings.providers import ProviderSettings
from console.settings.screen import ContextColour, GlyphSet, ThemeName
from console.settings.secrets import Secret, masked
from console.settings.webhooks import WebhookSettings
from console.settings.written import ONE_OR_SEVERAL

AtLeastOneSecond = Annotated[float, msgspec.Meta(ge=1, extra_json_schema=WRITTEN_AS_DURATION)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]
_PLACEHOLDER = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*\}")
ClipboardMode = Literal["auto", "osc52", "native", "off"]


class ServerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One outside server: `urls` are replicas of a Prometheus, of which one is read, or members of an Alertmanager."""

    name: str = ""
    """What the screen calls the server; a file that leaves it out gets its kind, such as `prometheus`."""
    urls: tuple[str, ...] = ()
    basic: BasicAuth | None = None
    bearer: Secret | None = None
    headers: dict[str, str | Secret] = {}
    tls: TlsSettings | None = None
    proxy_from_environment: bool = False
    """Whether `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` count."""
    timeout: Interval = 10.0
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=64)] = 5

    def __post_init__(self) -> None:
        if not self.urls:
            raise ValueError("urls must hold at least one URL, such as http://prometheus:9090")
        require_reachable(self, self.urls)

    def __repr__(self) -> str:
        """Return name and addresses; a password in a URL and the values of headers stay out of tracebacks."""
        shown = [masked(url) for url in self.urls]
        return f"ServerSettings({self.name!r}, {shown!r}, headers={sorted(self.headers)!r})"

    def __rich_repr__(self) -> list[str]:  # type: ignore[override]  # msgspec's own would print every field
        return [repr(self)]


class ActingServer(ServerSettings, frozen=True, forbid_unknown_fields=True):
    """A server that can be changed: whether it may be, how much care it takes, and what marks it on the screen."""

    write: bool = False
    critical: bool = False
    minimum_tier: Tier | None = None
    colour: ContextColour | None = None


class AlertmanagerSettings(ActingServer, frozen=True, forbid_unknown_fields=True):
    """An Alertmanager, in which silences may be made and expired."""

    most_alerts: Annotated[int, msgspec.Meta(ge=1)] = 10
    """How many alerts a silence may keep quiet that counts as bounded; one that keeps more is confirmed like a wide
    change."""


class MlflowSettings(ActingServer, frozen=True, forbid_unknown_fields=True):
    """An MLflow tracking server with a registry, in which aliases of registered models may be moved."""

    model: Annotated[str, msgspec.Meta(min_length=1)] = "{name}"
    """What a model is called there: `{name}` of the model, or a label that tells it apart, such as `{namespace}`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.urls) > 1:
            raise ValueError("urls must hold one URL: another MLflow is an entry of its own")
        if not {"{", "}"}.isdisjoint(_PLACEHOLDER.sub("", self.model)):
            raise ValueError(f"model is {self.model!r}; expected a text with {{name}}, such as {{namespace}}-{{name}}")


class KubeflowSettings(ActingServer, frozen=True, forbid_unknown_fields=True):
    """A Kubeflow Pipelines, in which runs of pipelines train models anew.

    `ui` is the address of its pages, None where it is that of its API. `namespace` is that of runs where several users
    share it; `experiment` is the id or the name of where runs are put, None for the server's own default.
    """

    ui: str | None = None
    namespace: str | None = None
    experiment: str | None = None
    pipelines: tuple[RetrainingPipeline, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.urls) > 1:
            raise BadKey(("urls",), "expected one URL: what is behind it is one server, another Kubeflow another entry")
        if self.ui is not None and not self.ui.startswith(("http://", "https://")):
            told = without_secrets(self.ui)
            raise BadKey(("ui",), f"'{told}' is no URL, expected such as https://kubeflow.example/pipeline")
        if self.namespace and not self.experiment and any(not pipeline.experiment for pipeline in self.pipelines):
            raise BadKey(("namespace",), "where there is a namespace, a run needs an experiment of that namespace")


class KubernetesSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The cluster in which actions act: an exact context, never the current one by accident.

    `cluster` is the value of the metrics' `cluster` label that stands for this context; models of another cluster, and
    while it is None all models with such a label, have no workload here. `colour` marks the context on the screen; None
    is red for a name that says production, else no colour.
    """

    context: Annotated[str, msgspec.Meta(min_length=1)]
    kubeconfig: str | None = None
    cluster: str | None = None
    write: bool = False
    critical: bool = False
    minimum_tier: Tier | None = None
    colour: ContextColour | None = None
    max_replicas: Annotated[int, msgspec.Meta(ge=1)] = 20
    timeout: Interval = 10.0
    lease: bool = False
    """Take a Kubernetes Lease on a target while an action is sent, beside the lock of the journal."""
    transport: Literal["kr8s", "kubectl"] = "kr8s"
    """Who carries requests: `kubectl` knows every way to log in, and costs a process for each request."""
    kubectl: Annotated[str, msgspec.Meta(min_length=1)] = "kubectl"
    """The program, for `transport: kubectl`: a path, or a name that is looked for in PATH."""


class ActionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for actions wherever they act: `tiers` raises the risk of those whose names match a glob."""

    tiers: dict[str, Tier] = {}


class JudgementSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a deviation becomes an anomaly, and when it is over.

    `minimum_traffic` is in requests per second: quieter models are not judged on latency. `minimum_failed_requests` is
    the number of failures within the long window below which a burn rate does not speak.
    """

    confirm: Seconds = 60.0
    recover: Seconds = 120.0
    remember: Seconds = 900.0
    """How long an anomaly is told after its end; one that comes back within this time is the same."""
    minimum_traffic: NotNegative = 0.1
    minimum_failed_requests: NotNegative = 5.0
    latency_factor: Annotated[float, msgspec.Meta(gt=1)] = 3.0
    """How many times its median of the previous day a latency without an objective may reach."""


class ModelRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of the models whose id matches a glob; the first rule that matches a model counts."""

    match: Annotated[str, msgspec.Meta(min_length=1)]
    objective: Objective = Objective()
    expected: bool = False
    """The model must be there: it is `unknown` while no source has seen it (only for a `match` without wildcards)."""
    depends_on: tuple[str, ...] = ()
    """What the model calls: names of services, as its clients' metrics have them or as they begin."""


class LinkSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page about each model whose id or name matches a glob; `url` is a template (`console.domain.link.Template`)."""

    title: Annotated[str, msgspec.Meta(min_length=1)]
    url: Annotated[str, msgspec.Meta(min_length=1)]
    match: Annotated[str, msgspec.Meta(min_length=1)] = "*"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that the console can be told; see `config.example.yaml` for each key in words."""

    prometheus: ServerSettings | None = None
    alertmanager: tuple[AlertmanagerSettings, ...] = ()
    mlflow: Annotated[tuple[MlflowSettings, ...], ONE_OR_SEVERAL] = ()
    kubeflow: Annotated[tuple[KubeflowSettings, ...], ONE_OR_SEVERAL] = ()
    predictions: Annotated[tuple[PredictionStore, ...], ONE_OR_SEVERAL] = ()
    evidently: Annotated[tuple[EvidentlyFolder, ...], ONE_OR_SEVERAL] = ()
    kubernetes: KubernetesSettings | None = None
    webhooks: dict[PlaceName, WebhookSettings] = {}
    """Webhooks that actions call, by name: `webhook.NAME`."""
    commands: dict[PlaceName, CommandSettings] = {}
    """Programs that actions run, by name: `command.NAME`."""
    channels: dict[PlaceName, Channel] = {}
    """Where messages are sent, by the names that a team has for them: `notify.NAME`, and steps that notify."""
    providers: dict[PlaceName, ProviderSettings] = {}
    """What installed packages that add providers of actions are told, by the names of the providers."""
    actions: ActionSettings = ActionSettings()
    read_only: bool = False
    """Nothing is changed anywhere, whatever flags and other keys allow."""
    refresh: AtLeastOneSecond = 15.0
    window: Interval = 3600.0
    step: AtLeastOneSecond = 15.0
    rate_window: Interval = 300.0
    history: Annotated[float, msgspec.Meta(ge=86_400, extra_json_schema=WRITTEN_AS_DURATION)] = 604_800.0
    """How far back (seconds) the onset of an anomaly is looked for; of seven days of it at most baselines are made."""
    baseline_points: Annotated[int, msgspec.Meta(ge=0)] = 10_000_000
    """Of how many five-minute points of all models and signals baselines are made at most; 0 for none."""
    cache: bool = True
    """Whether points are kept on disk, so that the next start asks only for what came since."""
    judgement: JudgementSettings = JudgementSettings()
    models: tuple[ModelRule, ...] = ()
    playbooks: tuple[str, ...] = ()
    presets: tuple[str, ...] = ()
    create_models: tuple[str, ...] = ()
    """Presets whose series name no model (proxies, HTTP servers) that make models where none is known."""
    links: tuple[LinkSettings, ...] = ()
    theme: ThemeName = "dark"
    glyphs: GlyphSet = "auto"
    mouse: bool = True
    plain: bool = False
    """The screen reads as sentences, for screen readers and braille displays."""
    keymap: dict[str, str | tuple[str, ...] | None] = {}
    """Keys of the screen by the id of the action, one or several; none take its keys away."""
    mine: tuple[str, ...] = ()
    """Globs: the models whose id or name matches are marked as yours."""
    state_directory: str | None = None
    """Where the journal, the log, marks and typed commands live; None is the XDG state directory."""
    journal: JournalSettings | None = None
    """The journal that a team shares; None is the file in the state directory."""
    clipboard: ClipboardMode = "auto"
    export_directory: str | None = None
    """Where the screen writes files; None is the directory that the console was started in."""

    def __post_init__(self) -> None:
        if self.step > self.window:
            raise ValueError("step must not be longer than window")

import re
from pathlib import Path

import msgspec
from msgspec.structs import fields

import console.settings
from console.domain.objective import Objective
from console.settings.channels import PagerDutyChannel, SlackChannel, TeamsChannel, WebhookChannel
from console.settings.commands import CommandSettings
from console.settings.credentials import BasicAuth, TlsSettings
from console.settings.evidently import EvidentlyFolder, ReportRule
from console.settings.file import read_settings
from console.settings.journal import JournalSettings
from console.settings.predictions import (
    ColumnSettings,
    LabelSettings,
    PredictedModelRule,
    PredictionStore,
    ReferenceSettings,
    StoreAddress,
)
from console.settings.providers import ProviderSettings
from console.settings.schema import DURATION, config_schema
from console.settings.secrets import Secret
from console.settings.settings import (
    JudgementSettings,
    KubernetesSettings,
    LinkSettings,
    MlflowSettings,
    ModelRule,
    ServerSettings,
    Settings,
)
from console.settings.slots import ChoiceSlot, IntegerSlot, TextSlot
from console.settings.webhooks import HookCheck, HookRequest, WebhookSettings

EXAMPLE = Path(__file__).parents[2] / "config.example.yaml"
SHIPPED_SCHEMA = Path(console.settings.__file__).parent / "config.schema.json"
TYPES: tuple[type[msgspec.Struct], ...] = (
    Settings,
    ServerSettings,
    BasicAuth,
    TlsSettings,
    Secret,
    PredictionStore,
    StoreAddress,
    ColumnSettings,
    LabelSettings,
    PredictedModelRule,
    ReferenceSettings,
    EvidentlyFolder,
    ReportRule,
    KubernetesSettings,
    MlflowSettings,
    WebhookSettings,
    HookRequest,
    HookCheck,
    CommandSettings,
    IntegerSlot,
    ChoiceSlot,
    TextSlot,
    SlackChannel,
    TeamsChannel,
    WebhookChannel,
    PagerDutyChannel,
    ProviderSettings,
    JournalSettings,
    JudgementSettings,
    LinkSettings,
    ModelRule,
    Objective,
)


def test_the_example_is_valid_as_it_stands() -> None:
    settings = read_settings(EXAMPLE, {"HOME": "/home/oncall"})
    assert settings.prometheus is not None
    assert settings.models[0].objective.latency == {"latency_p99": 0.5}


def test_the_example_holds_every_key_and_shows_the_defaults() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for kind in TYPES:
        for field in fields(kind):
            assert re.search(rf"(^|[\s{{#]){field.encode_name}:", text), f"{kind.__name__}.{field.encode_name}"
    settings = read_settings(EXAMPLE, {"HOME": "/home/oncall"})
    assert settings.judgement == JudgementSettings()
    (store,) = settings.predictions
    defaults = PredictionStore(store.address)
    for name in ("every", "lateness", "history", "timeout", "most_rows"):
        assert getattr(store, name) == getattr(defaults, name), name
    usual = Settings()
    assert (settings.refresh, settings.window, settings.step, settings.rate_window) == (
        usual.refresh,
        usual.window,
        usual.step,
        usual.rate_window,
    )


def test_the_shipped_schema_is_that_of_the_types() -> None:
    assert SHIPPED_SCHEMA.read_text(encoding="utf-8") == config_schema(), "run make generated"


def test_the_schema_knows_every_key_and_writes_seconds_as_durations() -> None:
    schema = msgspec.json.decode(config_schema())
    for kind in TYPES:
        definition = schema["$defs"][kind.__name__]
        tag = {kind.__struct_config__.tag_field} if kind.__struct_config__.tag_field else set()
        assert set(definition["properties"]) == {field.encode_name for field in fields(kind)} | tag
    refresh = schema["$defs"]["Settings"]["properties"]["refresh"]
    assert (refresh["type"], refresh["pattern"], refresh["default"]) == ("string", DURATION, "15s")
    assert schema["$defs"]["Secret"]["maxProperties"] == 1
    assert schema["$defs"]["ServerSettings"]["required"] == ["urls"]

"""The drift and the quality of a model: whose they are, what is kept when they change, what hostile names can do."""

import msgspec
from hypothesis import HealthCheck, given, settings

from console.domain.command import StopWatchingPredictions, WatchModel, WatchPredictions
from console.domain.drift import ColumnDrift
from console.domain.prediction_detail import PredictionDetail
from console.domain.signal import MODEL_QUALITY, Reading, State
from console.tui.screens.drift import DriftScreen
from console.tui.screens.quality import QualityScreen
from console.tui.widgets.table import LiveTable
from tests.headless.drifts import age, country, drift, income, quality
from tests.headless.test_hostile_text import HOSTILE, hostile_drift, is_harmless
from tests.tui import scenes, scenes_of_predictions
from tests.tui.scripted_engine import Answers
from tests.tui.stage import Stage, on_stage

ANSWERS: Answers = {WatchModel: (scenes.detail(),), WatchPredictions: (scenes_of_predictions.predictions(),)}


def table(stage: Stage) -> LiveTable:
    return stage.app.screen.query_one(LiveTable)


def with_columns(*columns: ColumnDrift) -> PredictionDetail:
    return scenes_of_predictions.predictions(drift=drift(columns))


async def test_until_something_is_read_the_screen_says_so() -> None:
    async with on_stage(answers={}) as stage:
        await stage.press("enter", "d")
        assert "reading the drift of the predictions" in stage.text
        await stage.press("w")
        assert "reading the quality of the predictions" in stage.text
        await stage.publish(scenes_of_predictions.predictions(quality=None))
        assert "no quality is known of this model: its predictions are not configured" in stage.text


async def test_keys_that_have_nothing_to_show_are_not_offered() -> None:
    async with on_stage(answers={}, size=(80, 24)) as stage:
        await stage.press("enter", "d")
        assert "histograms" not in stage.text
        await stage.publish(scenes_of_predictions.predictions())
        assert "tab" in stage.text.splitlines()[-1]


async def test_why_there_is_no_quality_is_told_as_the_fleet_knows_it() -> None:
    waiting = Reading(MODEL_QUALITY, State.NOT_EXPORTED, detail="the log holds no labels")
    view = scenes_of_predictions.churn()
    view = msgspec.structs.replace(view, readings=view.readings | {"model_quality": waiting})
    nothing = msgspec.structs.replace(scenes_of_predictions.predictions(quality=None), model_id="churn")
    async with on_stage(first=(scenes.fleet(view),), answers={WatchPredictions: (nothing,)}) as stage:
        await stage.press("home", "enter", "w")
        assert "? the log holds no labels" in stage.text


async def test_the_keys_reach_the_table_as_soon_as_there_are_rows() -> None:
    async with on_stage(answers={}) as stage:
        await stage.press("enter", "d")
        await stage.publish(scenes_of_predictions.predictions())
        await stage.press("j")
        assert table(stage).cursor_id == "income"


async def test_the_detail_of_another_model_is_not_shown() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter", "d")
        before = stage.text
        await stage.publish(msgspec.structs.replace(scenes_of_predictions.predictions(drift=None), model_id="eta"))
        assert stage.text == before


async def test_the_cursor_stays_on_its_column_when_the_ranking_changes() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter", "d", "down")
        await stage.publish(with_columns(country(), age(), income()))
        assert table(stage).painted_ids == ["country", "age", "income"]
        assert table(stage).cursor_id == "income"
        assert "income in the training data" in stage.text


async def test_a_column_that_vanished_is_shown_as_gone() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter", "d")
        await stage.publish(with_columns(income(), country()))
        assert table(stage).cursor_is_gone
        assert "age in the training data" not in stage.text


async def test_leaving_gives_up_the_query_and_looking_again_shows_what_is_known() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter", "d", "escape")
        assert len(stage.engine.sent(StopWatchingPredictions)) == 1
        stage.engine._answers = {}
        await stage.press("d")
        assert "1 broken, 1 drifted" in stage.text


async def test_on_a_low_screen_the_keys_come_back_to_the_table() -> None:
    async with on_stage(answers=ANSWERS, size=(40, 10)) as stage:
        await stage.press("enter", "d", "tab", "tab", "tab", "j")
        assert table(stage).cursor_id == "income"


async def test_a_version_that_is_gone_gives_way_to_all() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter", "d", "v")
        assert len(table(stage).painted_ids) == 2
        await stage.publish(scenes_of_predictions.predictions(drift=drift(versions=())))
        assert len(table(stage).painted_ids) == 5


async def test_an_estimate_has_a_sign_a_word_and_its_assumption() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter", "w", "G")
        assert "~ accuracy" in stage.text
        assert "~0.840" in stage.text
        assert "estimate, worse" in stage.text
        assert "assumes the scores are calibrated" in stage.text


async def test_what_became_worse_stands_first_and_what_has_no_training_figure_is_no_verdict() -> None:
    accuracy, auc, loss = quality().metrics
    beside_nothing = msgspec.structs.replace(auc, training=None)
    mixed = msgspec.structs.replace(quality(), metrics=(beside_nothing, loss, accuracy))
    async with on_stage(answers={WatchPredictions: (scenes_of_predictions.predictions(quality=mixed),)}) as stage:
        await stage.press("enter", "w")
        assert table(stage).painted_ids[:3] == ["accuracy", "roc_auc", "log_loss"]
        assert "· ROC AUC" in stage.text
        assert "no training figure" in stage.text


async def test_labels_that_have_not_come_yet_are_no_quality() -> None:
    waiting = msgspec.structs.replace(quality(), labelled_rows=0)
    async with on_stage(answers={WatchPredictions: (scenes_of_predictions.predictions(quality=waiting),)}) as stage:
        await stage.press("enter", "w")
        assert "? no labels yet, 14,000 predicted rows" in stage.text


async def test_going_to_the_other_screen_twice_at_once_goes_there_once() -> None:
    async with on_stage(answers={WatchPredictions: (scenes_of_predictions.predictions(),)}) as stage:
        await stage.press("enter", "d")
        drift = stage.app.screen
        assert isinstance(drift, DriftScreen)
        drift.action_to_quality()
        drift.action_to_quality()
        await stage.pilot.pause()
        quality = stage.app.screen
        assert isinstance(quality, QualityScreen)
        quality.action_to_drift()
        quality.action_to_drift()
        await stage.press("escape")
        assert stage.at == "ModelScreen"


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(HOSTILE)
async def test_no_name_of_a_column_steers_the_terminal(text: str) -> None:
    hostile = scenes_of_predictions.predictions(drift=hostile_drift(text))
    async with on_stage(answers={WatchPredictions: (hostile,)}, size=(80, 24)) as stage:
        await stage.press("enter", "d", "tab")
        assert isinstance(stage.app.screen, DriftScreen)
        assert is_harmless(stage.text)
        await stage.press("c", "j", "v")
        assert is_harmless(stage.text)


async def test_five_thousand_columns_paint_only_what_is_seen() -> None:
    many = tuple(msgspec.structs.replace(income(), name=f"f{number}") for number in range(5_000))
    async with on_stage(answers={WatchPredictions: (with_columns(*many),)}) as stage:
        await stage.press("enter", "d", "G")
        assert table(stage).cursor_id == "f4999"
        await stage.press("slash", *"f4321", "enter")
        assert table(stage).painted_ids == ["f4321"]

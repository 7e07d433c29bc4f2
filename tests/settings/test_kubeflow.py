from pathlib import Path

import pytest

from console.actions.registry import known_actions
from console.settings.load import BadSettings, Overrides, load_settings
from console.settings.places import acting_places
from console.settings.settings import Settings

SERVER = "kubeflow:\n  urls: [https://k.example/pipeline]\n"
PIPELINE = "  pipelines:\n    - match: fraud\n      pipeline: train\n"
SLOTS = "      slots: {days: {type: integer, title: days of data, min: 7, max: 90}}\n"


def read(folder: Path, text: str, overrides: Overrides | None = None) -> Settings:
    (folder / "config.yaml").write_text("prometheus: {urls: [http://p]}\n" + text)
    return load_settings(folder / "config.yaml", {}, overrides or Overrides())


def test_a_kubeflow_is_a_place_that_write_covers(tmp_path: Path) -> None:
    (place,) = acting_places(read(tmp_path, SERVER))
    assert (place.name, place.write) == ("kubeflow", False)
    (place,) = acting_places(read(tmp_path, SERVER, Overrides(write=True)))
    assert place.write
    both = read(tmp_path, "kubeflow:\n  - urls: [https://a]\n  - {name: eu, urls: [https://b], critical: true}\n")
    assert [(place.name, place.critical) for place in acting_places(both)] == [
        ("kubeflow.kubeflow-1", False),
        ("kubeflow.eu", True),
    ]
    assert not any(place.write for place in acting_places(read(tmp_path, SERVER + "  write: true\nread_only: true\n")))


def test_secrets_are_looked_for_beside_the_file(tmp_path: Path) -> None:
    (server,) = read(tmp_path, SERVER + "  bearer: {file: token}\n").kubeflow
    assert server.bearer is not None
    assert server.bearer.file == str(tmp_path / "token")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SERVER + "  ui: kubeflow.example\n", "4:3: kubeflow: 'kubeflow.example' is no URL"),
        ("kubeflow: {urls: [https://a, https://b]}\n", "2:12: kubeflow: expected one URL"),
        (
            SERVER + "  namespace: ml\n" + PIPELINE,
            "config.yaml:4:3: kubeflow: where there is a namespace, a run needs an experiment",
        ),
        (
            SERVER + PIPELINE + "      defaults: {day: 3}\n",
            "config.yaml:7:18: kubeflow.pipelines.0..defaults: 'day' is no slot, there is none",
        ),
        (SERVER + PIPELINE + SLOTS + "      defaults: {day: 3}\n", "expected one of days; nearest: days"),
        (SERVER + PIPELINE + SLOTS + "      defaults: {days: 3}\n", "expected a whole number from 7 to 90; found 3"),
        (SERVER + PIPELINE + SLOTS + "      parameters: {d: $dais}\n", "'$dais' is no slot, expected one of .*days"),
        (SERVER + PIPELINE + "      pipelin: x\n", "unknown key 'pipelin', expected one of .*; nearest: pipeline"),
        (SERVER + "  - urls: [x]\n", "config.yaml:4"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadSettings, match=told.replace("$", r"\$")):
        read(tmp_path, text)


def test_the_arguments_are_the_slots_of_all_pipelines(tmp_path: Path) -> None:
    more = "      defaults: {days: 30}\n    - match: '*'\n      pipeline: other\n      slots:\n        "
    days = "days: {type: integer, title: days, min: 1, max: 10}\n        "
    how = "how: {type: choice, title: how, options: [a, b]}\n"
    settings = read(tmp_path, SERVER + PIPELINE + SLOTS + more + days + how)
    specification = known_actions(settings).by_name["kubeflow.retrain"]
    first, second = specification.arguments
    assert (first.name, first.least, first.most, first.required) == ("days", 1, 90, False)
    assert first.meaning == "days of data (30 where left out)"
    assert second.choices == ("a", "b")

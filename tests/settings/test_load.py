from pathlib import Path

import pytest

from console.domain.objective import Objective
from console.settings.load import BadFlags, BadSettings, Overrides, find_config, load_settings
from console.settings.paths import preset_files
from console.settings.places import acting_places
from console.settings.secrets import Secret
from console.settings.settings import (
    AlertmanagerSettings,
    KubernetesSettings,
    MlflowSettings,
    ModelRule,
    ServerSettings,
    Settings,
)

MISTAKES = Path(__file__).parent / "mistakes.txt"
"""YAML, then after `=> ` the line that tells what is wrong with it; cases are separated by empty lines."""


def write(directory: Path, text: str) -> Path:
    path = directory / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(directory: Path, text: str) -> list[str]:
    path = write(directory, text)
    with pytest.raises(BadSettings) as caught:
        load_settings(path, {})
    return [line.replace(str(path), "config.yaml") for line in caught.value.problems]


def test_a_file_becomes_settings(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        prometheus: {urls: ["http://prometheus:9090"]}
        alertmanager: [{urls: ["http://a:9093"]}, {urls: ["http://b:9093"]}]
        kubernetes: {context: prod-eu, timeout: 500ms}
        refresh: 30s
        window: 1h30m
        models:
          - match: "fraud*"
            objective: {availability: 0.9995, latency: {latency_p99: 500ms}}
        """,
    )
    assert load_settings(path, {}) == Settings(
        prometheus=ServerSettings("prometheus", ("http://prometheus:9090",)),
        alertmanager=(
            AlertmanagerSettings("alertmanager-1", ("http://a:9093",)),
            AlertmanagerSettings("alertmanager-2", ("http://b:9093",)),
        ),
        kubernetes=KubernetesSettings("prod-eu", timeout=0.5),
        refresh=30.0,
        window=5400.0,
        models=(ModelRule("fraud*", Objective(availability=0.9995, latency={"latency_p99": 0.5})),),
    )


@pytest.mark.parametrize("overrides", [Overrides(), Overrides(write=True)])
def test_one_mlflow_or_several_are_places_of_their_own(tmp_path: Path, overrides: Overrides) -> None:
    one = load_settings(write(tmp_path, 'mlflow: {urls: ["http://a"], critical: true}'), {}, overrides)
    assert one.mlflow == (MlflowSettings("mlflow", ("http://a",), critical=True, write=overrides.write),)
    (place,) = acting_places(one)
    assert (place.name, place.write, place.critical) == ("mlflow", overrides.write, True)
    assert place.how_to_allow == "start with --write, or set write for mlflow (mlflow)"
    several = write(tmp_path, 'mlflow: [{urls: ["http://a"]}, {urls: ["http://b"], name: prod, write: true}]')
    places = acting_places(load_settings(several, {}, overrides))
    assert [(each.name, each.write) for each in places] == [("mlflow.mlflow-1", overrides.write), ("mlflow.prod", True)]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}"])
def test_an_empty_file_means_the_defaults(tmp_path: Path, text: str) -> None:
    assert load_settings(write(tmp_path, text), {}) == Settings()


@pytest.mark.parametrize("case", MISTAKES.read_text(encoding="utf-8").split("\n\n"))
def test_a_mistake_is_one_line_with_its_place(tmp_path: Path, case: str) -> None:
    text, _, line = case.partition("\n=> ")
    assert problems(tmp_path, text) == [line.rstrip("\n")]


def test_every_mistake_is_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    told = problems(tmp_path, "windw: 1h\nrefresh: 5\nprometheus: {urls: [http://a], concurrency: 0}\n")
    assert [line.split(": ")[0] for line in told] == ["config.yaml:1:1", "config.yaml:2:10", "config.yaml:3:45"]


def test_hostile_text_is_harmless_in_messages(tmp_path: Path) -> None:
    for line in problems(tmp_path, '"\\e[31m\\u202e": 1\nrefresh: "\\e]0;x\\a"\n'):
        assert line.isprintable()


def test_a_url_in_a_message_holds_no_password(tmp_path: Path) -> None:
    (line,) = problems(tmp_path, "prometheus: {urls: ['ftp://user:canary@host']}")
    assert "canary" not in line


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"absent\.yaml: cannot be read: No such file or directory"):
        load_settings(tmp_path / "absent.yaml", {})


def test_paths_belong_to_the_directory_of_the_file(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        prometheus: {urls: ["http://a"], bearer: {file: token}}
        kubernetes: {context: c, kubeconfig: ~/.kube/config}
        playbooks: [mine, /abs]
        state_directory: ~
        """.replace("state_directory: ~", "state_directory: '~'"),
    )
    settings = load_settings(path, {"HOME": "/home/oncall"})
    assert settings.prometheus is not None
    assert settings.prometheus.bearer == Secret(file=str(tmp_path / "token"))
    assert settings.kubernetes is not None
    assert settings.kubernetes.kubeconfig == "/home/oncall/.kube/config"
    assert settings.playbooks == (str(tmp_path / "mine"), "/abs")
    assert settings.state_directory == "/home/oncall"


def test_the_environment_is_not_expanded(tmp_path: Path) -> None:
    path = write(tmp_path, "kubernetes: {context: $HOME}")
    settings = load_settings(path, {"HOME": "/home/oncall"})
    assert settings.kubernetes == KubernetesSettings("$HOME")


def test_a_named_file_wins_over_the_variable_and_the_variable_over_xdg(tmp_path: Path) -> None:
    usual = tmp_path / "config-home" / "incident-console" / "config.yaml"
    usual.parent.mkdir(parents=True)
    usual.touch()
    xdg = {"XDG_CONFIG_HOME": str(tmp_path / "config-home"), "HOME": "/nowhere"}
    assert find_config(Path("a.yaml"), {"INCIDENT_CONSOLE_CONFIG": "b.yaml", **xdg}) == Path("a.yaml")
    assert find_config(None, {"INCIDENT_CONSOLE_CONFIG": "b.yaml", **xdg}) == Path("b.yaml")
    assert find_config(None, xdg) == usual


def test_without_xdg_the_file_is_below_the_home_directory(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": "relative/is/ignored"}
    assert find_config(None, environment) is None
    usual = tmp_path / ".config" / "incident-console" / "config.yaml"
    usual.parent.mkdir(parents=True)
    usual.touch()
    assert find_config(None, environment) == usual
    assert find_config(None, {}) is None


def test_flags_win_over_the_file(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "prometheus: {urls: ['http://file'], bearer: {env: TOKEN}}\nwindow: 2h\nplaybooks: [mine]\n"
        "kubernetes: {context: c, write: true}\n",
    )
    overrides = Overrides(
        prometheus=("http://a", "http://b"), alertmanager=("http://c",), playbooks=("/more",), window=1800.0
    )
    settings = load_settings(path, {}, overrides)
    assert settings.prometheus == ServerSettings("prometheus", ("http://a", "http://b"))
    assert settings.alertmanager == (AlertmanagerSettings("alertmanager", ("http://c",)),)
    assert settings.playbooks == (str(tmp_path / "mine"), "/more")
    assert settings.window == 1800.0
    assert settings.kubernetes == KubernetesSettings("c", write=True)


def test_what_the_file_allows_for_one_context_is_not_allowed_for_another(tmp_path: Path) -> None:
    path = write(tmp_path, "kubernetes: {context: staging, write: true, kubeconfig: /k}")
    assert load_settings(path, {}, Overrides(context="prod")).kubernetes == KubernetesSettings("prod", "/k")
    assert load_settings(path, {}, Overrides(context="prod", write=True)).kubernetes == KubernetesSettings(
        "prod", "/k", write=True
    )


@pytest.mark.parametrize(
    ("overrides", "line"),
    [
        (Overrides(write=True), "--write: no cluster is configured; name the context with --context"),
        (Overrides(kubeconfig="k"), "--kubeconfig: no cluster is configured; name the context with --context"),
        (Overrides(prometheus=("a:9090",)), "--prometheus: 'a:9090' is no URL, expected such as http://host:9090"),
        (Overrides(window=1.0), "step must not be longer than window"),
    ],
)
def test_a_flag_that_contradicts_the_rest_is_told(overrides: Overrides, line: str) -> None:
    with pytest.raises(BadFlags) as caught:
        load_settings(None, {}, overrides)
    assert caught.value.problems == (line,)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("alertmanager:\n  - {name: eu, urls: [http://a]}\n  - {name: eu, urls: [http://b]}", "3:12"),
        ("prometheus: {urls: [http://a], name: eu}\nalertmanager: [{urls: [http://b], name: eu}]", "2:41"),
        ("prometheus: {urls: [http://a], name: alertmanager}\nalertmanager: [{urls: [http://b]}]", "2:16"),
    ],
)
def test_two_servers_of_one_name_are_a_mistake(tmp_path: Path, text: str, place: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(BadSettings) as caught:
        load_settings(path, {})
    (problem,) = caught.value.problems
    assert problem.startswith(f"{path}:{place}: name: another server is called '")


def test_presets_beside_the_usual_configuration_need_no_name(tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "incident-console" / "presets"
    folder.mkdir(parents=True)
    (folder / "b.yaml").touch()
    (folder / "a.yml").touch()
    (folder / "notes.txt").touch()
    named = write(tmp_path, "presets: [mine.yaml]")
    environment = {"HOME": str(tmp_path)}
    settings = load_settings(named, environment)
    assert preset_files(settings) == [tmp_path / "mine.yaml", folder / "a.yml", folder / "b.yaml"]
    assert load_settings(None, environment) == Settings(presets=(str(folder),))
    assert load_settings(named, {}).presets == (str(tmp_path / "mine.yaml"),)

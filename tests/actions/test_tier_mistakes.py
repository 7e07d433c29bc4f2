from pathlib import Path

import pytest

from console.actions.tier_mistakes import tier_mistakes
from console.settings.load import BadSettings, load_settings

DECLARED = "commands: {batch: {title: Restart, argv: [/bin/true]}}\n"


@pytest.mark.parametrize(
    ("tiers", "expected"),
    [
        (
            "{kubernets.restart: 3}",
            "1:19: actions.tiers: 'kubernets.restart' matches no action, expected an action or a ",
        ),
        ("{kubernets.restart: 3}", "; nearest: kubernetes.restart"),
        ("{kubernetes.sacle: 2}", "; nearest: kubernetes.scale"),
        ("{kubernetes.sacle: 2}", "expected one of kubernetes."),
        (
            "{'kserv.*': 2}",
            "actions.tiers: 'kserv.*' matches no action, expected an action or a glob of them, such as ",
        ),
        ("{'kserv.*': 2}", "'kubernetes.*'; nearest: kserve.*"),
        ("{command.bacth: 2}", "expected one of command.batch; nearest: command.batch"),
        ('{"\\e[2J": 2}', "actions.tiers: '␛[2J' matches no action"),
    ],
)
def test_a_tier_of_no_action_is_told_where_it_stands(tmp_path: Path, tiers: str, expected: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"actions: {{tiers: {tiers}}}\n{DECLARED}", encoding="utf-8")
    with pytest.raises(BadSettings) as raised:
        load_settings(path, {}, contradictions=tier_mistakes)
    (told,) = raised.value.problems
    assert told.startswith(f"{path}:1:")
    assert expected in told
    assert told.isprintable()


@pytest.mark.parametrize("tiers", ["{kubernetes.scale: 2}", "{'*': 3}", "{'*.scale': 2}", "{command.batch: 3}", "{}"])
def test_names_and_globs_of_actions_are_taken(tmp_path: Path, tiers: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"actions: {{tiers: {tiers}}}\n{DECLARED}", encoding="utf-8")
    assert load_settings(path, {}, contradictions=tier_mistakes).commands


def test_a_configuration_without_tiers_has_no_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(DECLARED, encoding="utf-8")
    assert load_settings(path, {}, contradictions=tier_mistakes).actions.tiers == {}

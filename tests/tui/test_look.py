from typing import Any

import pytest
from rich.console import Console

from console.settings.settings import KubernetesSettings, Settings
from console.tui.look import has_few_colours, look_of


@pytest.mark.parametrize(
    "name", ["xterm", "xterm-256color", "tmux-256color", "screen", "linux", "xterm-kitty", "vt100", ""]
)
@pytest.mark.parametrize("colours", ["", "truecolor", "24bit", "yes"])
def test_few_colours_are_where_rich_sends_sixteen(name: str, colours: str) -> None:
    environment = {"TERM": name, "COLORTERM": colours}
    console = Console(force_terminal=True, _environ=environment)
    assert has_few_colours(environment) == (console.color_system == "standard")


def test_the_settings_say_how_it_looks() -> None:
    settings = Settings(theme="light-colour-blind", kubernetes=KubernetesSettings("eu-1", colour="amber"))
    look = look_of(settings, {"COLORTERM": "truecolor"}, "utf-8")
    assert (look.theme, look.context_colours) == ("light-colour-blind", {"eu-1": "amber"})


@pytest.mark.parametrize("fields", [{}, {"kubernetes": KubernetesSettings("eu-1")}])
def test_a_colour_that_was_not_chosen_is_left_to_the_name(fields: dict[str, Any]) -> None:
    assert look_of(Settings(**fields), {}, "utf-8").context_colours == {}

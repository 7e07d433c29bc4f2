"""Dark, light, and the one for terminals without colours; all text has a contrast of at least 4.5 to 1 (WCAG AA)."""

from textual.theme import Theme

DARK = Theme(
    name="night",
    primary="#5fa8ff",
    secondary="#b392f0",
    accent="#f0c674",
    warning="#ffb454",
    error="#ff6b6b",
    success="#7ec699",
    foreground="#e4e6eb",
    background="#101318",
    surface="#1a1f27",
    panel="#232a34",
    dark=True,
    variables={
        "foreground-muted": "#9aa4b2",
        "foreground-disabled": "#5b6675",
        "block-cursor-blurred-background": "#2b3645",
    },
)
LIGHT = Theme(
    name="day",
    primary="#0b57c4",
    secondary="#6b3fa0",
    accent="#8a4b00",
    warning="#8f4700",
    error="#b3122b",
    success="#17632f",
    foreground="#16191d",
    background="#fbfbfa",
    surface="#eceef1",
    panel="#e2e5ea",
    dark=False,
    variables={
        "foreground-muted": "#505963",
        "foreground-disabled": "#9aa2ab",
        "block-cursor-blurred-background": "#d5dff0",
    },
)
PLAIN = Theme(
    name="plain",
    primary="#ffffff",
    secondary="#ffffff",
    accent="#ffffff",
    warning="#ffffff",
    error="#ffffff",
    success="#ffffff",
    foreground="#e8e8e8",
    background="#000000",
    surface="#181818",
    panel="#202020",
    dark=True,
    variables={
        "foreground-muted": "#b0b0b0",
        "foreground-disabled": "#808080",
        "block-cursor-blurred-background": "#404040",
        "text-primary": "#ffffff",
        "text-accent": "#ffffff",
        "text-success": "#e8e8e8",
        "text-warning": "#ffffff",
        "text-error": "#ffffff",
    },
)
"""Grey on black: Textual turns colours into greys under NO_COLOR, which would leave some of them unreadable."""

THEMES = (DARK, LIGHT, PLAIN)

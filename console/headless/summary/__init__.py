"""A snapshot as text, JSON or Markdown: pure functions, the same facts as on the screen."""

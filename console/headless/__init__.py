"""The face without a screen: text, JSON and Markdown on stdout, narration on stderr, a meaning in the exit code."""

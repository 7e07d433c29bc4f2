"""The line that opens with a colon: commands with completion and history."""

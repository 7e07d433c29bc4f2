"""The one registry of actions, a file per place; keys, footer, help, commands and the reference are made from it."""

"""Actions that run a program which the configuration declares."""

"""Playbooks: load, lint and match them, and the pure step machine that follows one."""

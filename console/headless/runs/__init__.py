"""Runs that nobody sits before: what is decided, sent and printed where a playbook or an action is followed."""

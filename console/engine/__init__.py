"""The loop from sources to snapshots, the runs of playbooks and the executor of actions."""

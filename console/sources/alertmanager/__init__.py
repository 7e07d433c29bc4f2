"""The alerts that other people's rules raised: from Alertmanager now, from the `ALERTS` series at a past instant."""

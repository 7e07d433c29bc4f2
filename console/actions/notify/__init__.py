"""Actions that tell people: Slack, Microsoft Teams, PagerDuty, and whatever takes a JSON document."""

"""What webhooks and commands share: typed slots, tiers, and what they begin and end with."""

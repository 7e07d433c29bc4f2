"""What webhooks and commands share: typed slots, tiers, and how what they answer is told."""

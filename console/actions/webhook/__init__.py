"""Actions that call a webhook which the configuration declares."""

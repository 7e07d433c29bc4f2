"""Parts of screens that are made of prepared lines."""

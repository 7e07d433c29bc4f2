"""The door for SQL: one read-only connection to each store of predictions, with deadlines and errors told apart."""

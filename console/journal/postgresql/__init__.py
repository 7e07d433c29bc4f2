"""The journal of a team in a PostgreSQL: what everybody wrote, and the locks by which they exclude each other."""

"""`watch`: from one snapshot after the other to a line per change."""

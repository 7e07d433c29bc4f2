"""What surrounds broken models: read from metrics around the onset of their anomalies."""

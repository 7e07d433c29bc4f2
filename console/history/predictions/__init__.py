"""The past of predictions: counts by hour, kept on disk, of which only the tail is asked for again."""

"""One door per outside protocol; nothing here knows what the answers mean."""

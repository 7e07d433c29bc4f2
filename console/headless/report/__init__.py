"""What the journal tells of an incident or a shift, as a document that people read afterwards."""

"""What is usual of a series and how rare each point is: of all series of a fleet at once, from the past only."""

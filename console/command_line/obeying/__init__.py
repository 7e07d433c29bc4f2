"""What each command does with its options: they become settings and arguments of the face that answers."""

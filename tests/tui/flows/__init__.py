"""What every key does, place by place: a flow presses a key and sees what came of it."""

"""One model at a time with an incident whose cause is known, and what the console would read of it."""

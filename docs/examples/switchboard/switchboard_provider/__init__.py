"""Actions of incident-console on Switchboard, a small service that turns the traffic of models on and off."""

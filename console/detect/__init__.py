"""Judgement: a pure function of (history, at), so that a screen and a cold `summary` agree at any instant."""

"""The actions on silences of Alertmanagers."""

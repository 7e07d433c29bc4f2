"""The actions on the registry of MLflow."""

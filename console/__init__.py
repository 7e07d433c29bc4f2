"""Tell what is wrong with a machine-learning model in production, and end it.

The rooms of this package, and which may import which, stand in CONTRIBUTING.md.
"""

# A constant, because importlib.metadata costs more start-up time than everything else that `--version` needs.
__version__ = "0.1.0"

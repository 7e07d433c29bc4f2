"""Why a model's anomalies began: hypotheses tested against what was read around them, and how sure each is."""

from console.detect.causes.explanation import explain

__all__ = ["explain"]

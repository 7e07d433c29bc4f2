"""Why a model's anomalies began: hypotheses tested against what was read around them, and how sure each is."""

from console.detect.causes.explanation import Broken, explain, explain_together

__all__ = ["Broken", "explain", "explain_together"]

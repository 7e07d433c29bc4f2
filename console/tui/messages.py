"""What reaches the application from other threads."""

from textual.message import Message

from console.domain.cluster_facts import ClusterFacts, PodLog
from console.domain.model_actions import ModelActions
from console.domain.prediction_detail import PredictionDetail
from console.domain.run import Run
from console.domain.snapshot import ModelDetail, Snapshot

Value = Snapshot | ModelDetail | PredictionDetail | ClusterFacts | PodLog | ModelActions | Run
"""All that an engine publishes."""


class Published(Message):
    """The engine found something new."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class EngineCrashed(Message):
    """The engine ended with an error: nothing will be published any more."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


class EndAsked(Message):
    """The process was told to end."""

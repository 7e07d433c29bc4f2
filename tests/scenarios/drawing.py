"""Draws models at random: what they export, how big they are, how restless, who promised what."""

import math
from typing import TypeVar

import msgspec
import numpy as np

from console.domain.objective import Objective
from console.simulation.fleet.dialects import columns_of
from console.simulation.fleet.flow import Latency, mean_wait
from console.simulation.fleet.profile import Dialect, Profile, Tokens
from tests.scenarios.courses import season
from tests.scenarios.serving import Serving
from tests.scenarios.world import Deployment, Life, Season, ServedModel, Theatre, Wanted, Wobble

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_NAMES = (
    "ads", "age", "album", "answer", "basket", "bid", "bot", "cart", "chat", "churn", "claim", "click",
    "credit", "demand", "dispatch", "draft", "eta", "face", "fare", "fit", "forecast", "fraud", "geo", "health",
    "image", "intent", "invoice", "item", "job", "lead", "lens", "loan", "match", "mood", "news", "ocr",
    "offer", "order", "parcel", "pay", "photo", "pick", "plan", "price", "query", "quote", "rank", "recall",
    "reply", "risk", "route", "score", "search", "seat", "shelf", "ship", "size", "song", "spam", "speech",
    "stock", "style", "summary", "tag", "text", "ticket", "toxic", "translate", "trend", "trip", "video",
    "vision", "voice", "yield",
)  # fmt: skip
_ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Sydney")
_HTTP_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

T = TypeVar("T")

_P99 = 0.99

_FLAT = 0.01
"""A season of this height is none."""
_BUSIEST = 0.62
"""No healthy model is busier than this at the peak of its week (ratio of its workers), or no more than at the onset."""

ANY = (
    *(Serving.GENERIC, Serving.GENERIC, Serving.GENERIC, Serving.OTEL_HTTP, Serving.TRITON),
    *(Serving.KSERVE, Serving.TORCHSERVE, Serving.TENSORFLOW, Serving.VLLM),
)
"""Of what systems are drawn, each as often as it stands here."""
_SYSTEMS = 4
"""How many of these one fleet uses, unless a story needs others: nobody runs all, and each costs queries."""


def of(*, versions: bool = False, quantiles: bool = False, failures: bool = False) -> tuple[Serving, ...]:
    """Return the systems that tell versions, quantiles or failures."""
    return tuple(
        each
        for each in ANY
        if (each.tells_versions or not versions)
        and (each.tells_quantiles or not quantiles)
        and (each.tells_failures or not failures)
    )


class Sketch(msgspec.Struct, frozen=True):
    """A healthy model before anything happens to it, and how busy it is at the instant for which it was drawn."""

    model: ServedModel
    busy: float

    @property
    def profile(self) -> Profile:
        """Return the model's profile."""
        return self.model.profile

    @property
    def name(self) -> str:
        """Return the model's name."""
        return self.model.profile.name


class Drawer:
    """Draws one fleet's models, of at most `largest` replicas; `theatre` is when something may happen."""

    def __init__(self, generator: np.random.Generator, theatre: Theatre, largest: int = 5) -> None:
        self._largest = largest
        self.generator = generator
        self._systems = frozenset(ANY[int(index)] for index in generator.choice(len(ANY), _SYSTEMS, replace=False))
        self.theatre = theatre
        self._taken: set[str] = set()
        self._addresses = 0

    def between(self, least: float, most: float) -> float:
        """Return a number between two, all equally likely."""
        return float(self.generator.uniform(least, most))

    def about(self, least: float, most: float) -> float:
        """Return a number between two positive ones, all orders of magnitude equally likely."""
        return math.exp(self.between(math.log(least), math.log(most)))

    def whole(self, least: int, most: int) -> int:
        """Return a whole number between two, both included."""
        return int(self.generator.integers(least, most + 1))

    def one_of(self, *choices: T) -> T:
        """Return one of some values."""
        return choices[int(self.generator.integers(len(choices)))]

    def happens(self, probability: float) -> bool:
        """Return True with a probability."""
        return bool(self.generator.random() < probability)

    def letters(self, count: int) -> str:
        """Return letters as Kubernetes draws them."""
        return "".join(_LETTERS[int(index)] for index in self.generator.integers(len(_LETTERS), size=count))

    def name(self) -> str:
        """Return a name that no other model of the fleet has."""
        while True:
            name = self.one_of(*_NAMES)
            if self.happens(0.5):
                name = f"{name}-{self.one_of(*_NAMES)}"
            if name not in self._taken:
                self._taken.add(name)
                return name

    def pod(self, name: str, version: str, replica_set: str) -> Life:
        """Return a pod that was always there and still is."""
        self._addresses += 1
        return Life(
            name=f"{replica_set}-{self.letters(5)}",
            version=version,
            replica_set=replica_set,
            node=f"node-{self.whole(1, 9)}",
            address=f"10.8.{self._addresses // 250}.{self._addresses % 250 + 1}:8080",
            weight=self.between(0.93, 1.07),
        )

    def sketch(
        self,
        at: float,
        *,
        servings: tuple[Serving, ...] = ANY,
        busy: tuple[float, float] = (0.25, 0.6),
        replicas: tuple[int, int] | None = None,
        with_deployment: float = 0.7,
        busiest: float = _BUSIEST,
        traffic: float | None = None,
    ) -> Sketch:
        """Draw a healthy model whose workers are busy to a ratio within `busy` at an instant."""
        here = tuple(each for each in servings if each in self._systems) or servings
        name, serving = self.name(), self.one_of(*here)
        ratio = self.between(*busy)
        wave, level = self._season(at, busiest / ratio)
        profile = self._profile(name, serving, self.whole(*(replicas or (min(2, self._largest - 1), self._largest))))
        served = ratio * profile.replicas * profile.workers / profile.mean_service_time
        profile = msgspec.structs.replace(profile, traffic=(served if traffic is None else traffic) / level)
        profile = msgspec.structs.replace(profile, objective=self._objective(profile, serving))
        replica_set = f"{name}-{self.letters(9)}"
        pods = tuple(self.pod(name, profile.version, replica_set) for _ in range(profile.replicas))
        deployment = None
        if self.happens(with_deployment):
            most = profile.replicas + self.whole(0, 3) if self.happens(0.5) else None
            deployment = Deployment((Wanted(-math.inf, profile.replicas),), most)
        model = ServedModel(profile, wave, self._wobble(), pods, serving, deployment=deployment)
        return Sketch(model, ratio)

    def _season(self, at: float, most: float) -> tuple[Season, float]:
        """Draw a season whose highest point is at most so many times the level at an instant; return it with that."""
        week = at + np.arange(-7.0 * 24.0, 24.0) * 3600.0
        height = 1.0
        while True:
            drawn = Season(
                zone=self.one_of(*_ZONES),
                daily=height * self.between(0.05, 0.75),
                second=height * self.between(0.0, 0.2),
                peak=self.between(0.0, 24.0),
                weekend=1.0 + height * self.between(-0.5, 0.2),
                growth=height * self.between(-0.1, 0.25),
            )
            height *= 0.98  # a busy model can have no steep season
            levels = season(drawn, week)
            level = float(levels[7 * 24])
            # Of no season at all a Sunday is left, which lies a tenth below the other days.
            if float(levels.max()) <= max(most, 1.05) * level or height < _FLAT:
                return drawn, level

    def _wobble(self) -> Wobble:
        return Wobble(
            slow=self.about(0.02, 0.08),
            fast=self.about(0.02, 0.1),
            latency=self.about(0.02, 0.1),
            bursts=self.between(0.0, 8.0),
            stalls=self.between(0.0, 6.0),
            hiccups=self.between(0.0, 3.0),
        )

    def _profile(self, name: str, serving: Serving, replicas: int) -> Profile:
        is_llm = serving.is_of_language_models
        service_time = self.about(0.8, 4.0) if is_llm else self.about(0.008, 0.4)
        availability = self.one_of(0.99, 0.995, 0.999, 0.999, 0.999, 0.9995)
        return Profile(
            name=name,
            dialect=serving.dialect,
            version=f"v{self.whole(2, 140)}",
            replicas=replicas,
            traffic=1.0,
            service_time=service_time,
            workers=self.whole(12, 48) if is_llm else self.whole(2, 16),
            objective=Objective(availability=availability),
            tail=self.between(3.2, 6.0),
            queue_limit=self.whole(20, 200),
            timeout=120.0 if is_llm else self.one_of(5.0, 10.0, 30.0),
            failures=(1.0 - availability) * self.about(0.004, 0.2),
            tokens=self._tokens(service_time) if is_llm else None,
            bounds=self._bounds(service_time) if serving.dialect is Dialect.GENERIC else None,
        )  # fmt: skip

    def _tokens(self, service_time: float) -> Tokens:
        return Tokens(self.about(100.0, 3000.0), self.about(40.0, 600.0), service_time * self.between(0.05, 0.2))

    def _bounds(self, service_time: float) -> tuple[float, ...]:
        """Draw a bucket layout: the usual one, powers of two, close around the usual time, or five coarse ones."""
        match self.whole(0, 3):
            case 0:
                return _HTTP_BOUNDS if service_time < 0.5 else tuple(10.0 * bound for bound in _HTTP_BOUNDS)
            case 1:
                count = self.whole(8, 13)
                first = service_time * 2.0 ** -self.between(2.0, 4.0)
                return tuple(float(f"{first * 2.0**power:.3g}") for power in range(count))
            case 2:
                edges = np.geomspace(service_time / 3.0, service_time * 24.0, self.whole(9, 14))
                return tuple(float(f"{edge:.3g}") for edge in edges)
            case _:
                return tuple(bound for bound in (0.01, 0.05, 0.2, 1.0, 5.0, 20.0, 60.0) if bound > service_time / 6.0)

    def _objective(self, profile: Profile, serving: Serving) -> Objective:
        """Promise a latency for every second model, with some room."""
        usual = latency_as_exported(profile, serving, _BUSIEST)
        if usual is None or self.happens(0.5):
            return profile.objective
        signal = "latency_p99" if serving.tells_quantiles else "latency_mean"
        return msgspec.structs.replace(profile.objective, latency={signal: usual * self.between(1.5, 2.5)})


def latency_as_exported(profile: Profile, serving: Serving, busy: float) -> float | None:
    """Return the p99 of a model that is so busy, in seconds, as PromQL would tell it; without quantiles the mean.

    None where it is beyond the last bucket.
    """
    stretch = 1.0 + float(mean_wait(np.asarray([busy]), profile.workers)[0])
    if not serving.tells_quantiles:
        return profile.mean_service_time * stretch
    median = np.asarray([profile.service_time * stretch])
    latency = Latency(np.zeros(1), median, profile.tail, profile.timeout)
    below = 0.0
    for bound in columns_of(profile).bounds.latency:
        if (within := float(latency.within(bound)[0])) >= _P99:
            under = float(latency.within(below)[0])
            return below + (bound - below) * (_P99 - under) / (within - under)
        below = bound
    return None

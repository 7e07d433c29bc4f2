"""Three models whose predictions are logged: they carry the names that they have in the simulated fleet."""

from console.simulation.predictions.features import Choice, HourOfDay, Number
from console.simulation.predictions.spec import LogSpec, Task

COUNTRIES = ("US", "DE", "GB", "FR", "BR", "JP", "IN", "ES", "IT", "NL", "PL", "SE")
REGIONS = ("amer", "emea", "apac", "latam")
MERCHANTS = tuple(f"m{number:03}" for number in range(200))

FRAUD = LogSpec(
    model="fraud",
    version="v42",
    task=Task.BINARY,
    bias=-2.6,
    features=(
        Number("age", 41.0, 13.0, low=18, high=95, whole=True, weight=-0.3, null_share=0.01),
        Number("amount", 38.0, 1.1, log=True, low=0.01, weight=1.1, daily=0.15),
        Number("account_days", 400.0, 1.3, log=True, whole=True, weight=-0.8),
        Number("transactions_24h", 3.0, 0.8, log=True, whole=True, weight=0.7, daily=0.1),
        Number("distance_km", 12.0, 1.5, log=True, weight=0.5, null_share=0.03),
        Number("device_trust", 0.7, 0.15, low=0.0, high=1.0, weight=-0.9),
        Number("balance", 850.0, 620.0, weight=-0.2),
        Number("typing_speed", 4.6, 1.2, low=0.1, null_share=0.08),
        HourOfDay("hour", weight=-0.2),
        Choice("country", COUNTRIES, skew=0.8, weight=0.4),
        Choice("merchant", MERCHANTS, skew=0.7, weight=0.3),
        Choice("device", ("android", "ios", "web", "pos"), skew=0.6, weight=0.4, daily=0.1),
        Choice("region", REGIONS, skew=0.5, weight=0.1),
        Choice("currency", ("USD", "EUR", "GBP", "JPY", "BRL"), skew=1.0),
    ),
    latency=0.028,
    label_delay=6 * 3600.0,
    label_coverage=0.85,
    corrections=0.01,
)
"""Is this payment fraud? One in eight is; the bank says so hours later."""

ETA = LogSpec(
    model="eta",
    version="v19",
    task=Task.REGRESSION,
    middle=17.0,
    features=(
        Number("distance_km", 6.5, 0.7, log=True, low=0.1, weight=2.0),
        Number("traffic_index", 1.0, 0.2, low=0.3, weight=0.7, daily=0.5),
        Number("stops", 2.0, 0.5, log=True, whole=True, weight=0.6),
        Number("rain_mm", 0.4, 1.2, log=True, low=0.0, weight=0.2, null_share=0.02),
        Number("courier_age", 29.0, 7.0, low=18, high=70, whole=True),
        HourOfDay("hour", weight=0.3),
        Choice("city", tuple(f"city-{number:02}" for number in range(24)), skew=0.9, weight=0.4),
        Choice("vehicle", ("bike", "scooter", "car"), skew=0.7, weight=0.5),
        Choice("region", REGIONS, skew=0.5),
    ),
    latency=0.056,
    label_delay=1500.0,
    label_coverage=0.97,
)
"""When does the courier arrive? The courier does, in minutes."""

RANKER = LogSpec(
    model="ranker",
    version="v131",
    task=Task.MULTICLASS,
    classes=("new", "deals", "again", "none"),
    features=(
        Number("visits", 8.0, 0.8, log=True, whole=True, weight=0.5),
        Number("basket", 31.0, 0.9, log=True, weight=0.8),
        Number("days_since_order", 9.0, 0.9, log=True, weight=1.2),
        Number("price_sensitivity", 0.1, 0.4, low=-1.0, high=1.0, weight=1.0),
        Choice("language", ("en", "de", "fr", "es", "pt"), skew=1.2, weight=0.4),
        Choice("channel", ("app", "web", "mail"), skew=0.5, weight=0.6, daily=0.15),
        Choice("plan", ("free", "plus", "business"), skew=0.9, weight=0.5),
        Choice("region", REGIONS, skew=0.5),
    ),
    latency=0.019,
    label_delay=900.0,
    label_coverage=0.6,
)
"""Which shelf does this visitor open first? A click tells, when there is one."""

LOGGED_MODELS = (FRAUD, ETA, RANKER)

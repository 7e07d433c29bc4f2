SELECT
  "t1"."model" AS "model",
  MIN("t1"."timestamp") AS "first",
  MAX("t1"."timestamp") AS "last",
  COUNT(*) AS "rows",
  COUNT("t1"."label") AS "labelled",
  MIN(
    CASE
      WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
      THEN CAST(NULL AS Nullable(Float64))
      ELSE "t1"."score"
    END
  ) AS "score_least",
  MAX(
    CASE
      WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
      THEN CAST(NULL AS Nullable(Float64))
      ELSE "t1"."score"
    END
  ) AS "score_most",
  SUM(
    CASE
      WHEN CASE
        WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
        THEN CAST(NULL AS Nullable(Float64))
        ELSE "t1"."score"
      END <> CAST(FLOOR(
        CASE
          WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
          THEN CAST(NULL AS Nullable(Float64))
          ELSE "t1"."score"
        END
      ) AS Nullable(Int64))
      THEN 1
      ELSE 0
    END
  ) AS "score_broken",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      THEN 1
      ELSE 0
    END
  ) AS "timed",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '60' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "within_60",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '300' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "within_300",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '900' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "within_900",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '3600' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "within_3600",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '10800' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "within_10800",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '21600' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "within_21600",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '43200' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "within_43200",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '86400' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "within_86400",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '172800' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "within_172800",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '345600' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "within_345600",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '604800' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "within_604800",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."timestamp" < parseDateTimeBestEffort('2026-01-01T00:30:00')
      )
      THEN 1
      ELSE 0
    END
  ) AS "old_timed",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."timestamp" < parseDateTimeBestEffort('2026-01-01T00:30:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '60' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "old_within_60",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."timestamp" < parseDateTimeBestEffort('2026-01-01T00:30:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '300' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "old_within_300",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."timestamp" < parseDateTimeBestEffort('2026-01-01T00:30:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '900' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "old_within_900",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."timestamp" < parseDateTimeBestEffort('2026-01-01T00:30:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '3600' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "old_within_3600",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."timestamp" < parseDateTimeBestEffort('2026-01-01T00:30:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '10800' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "old_within_10800",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."timestamp" < parseDateTimeBestEffort('2026-01-01T00:30:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '21600' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "old_within_21600",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."timestamp" < parseDateTimeBestEffort('2026-01-01T00:30:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '43200' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "old_within_43200",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."timestamp" < parseDateTimeBestEffort('2026-01-01T00:30:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '86400' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "old_within_86400",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."timestamp" < parseDateTimeBestEffort('2026-01-01T00:30:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '172800' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "old_within_172800",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."timestamp" < parseDateTimeBestEffort('2026-01-01T00:30:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '345600' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "old_within_345600",
  SUM(
    CASE
      WHEN isNotNull("t1"."label")
      AND (
        "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      AND (
        "t1"."timestamp" < parseDateTimeBestEffort('2026-01-01T00:30:00')
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '604800' SECOND
        )
      )
      THEN 1
      ELSE 0
    END
  ) AS "old_within_604800"
FROM (
  SELECT
    CAST("t0"."timestamp" AS Nullable(DateTime)) AS "timestamp",
    COALESCE("t0"."model", 'predictions') AS "model",
    CASE
      WHEN isNull(CAST("t0"."label_time" AS Nullable(DateTime)))
      OR (
        CAST("t0"."label_time" AS Nullable(DateTime)) <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      THEN "t0"."label"
      ELSE CAST(NULL AS Nullable(String))
    END AS "label",
    CASE
      WHEN isNull(CAST("t0"."label_time" AS Nullable(DateTime)))
      OR (
        CAST("t0"."label_time" AS Nullable(DateTime)) <= parseDateTimeBestEffort('2026-01-01T01:00:00')
      )
      THEN CAST("t0"."label_time" AS Nullable(DateTime))
      ELSE CAST(NULL AS Nullable(DateTime))
    END AS "label_time",
    "t0"."prediction" AS "prediction",
    "t0"."score" AS "score"
  FROM "predictions" AS "t0"
  WHERE
    "t0"."timestamp" >= parseDateTimeBestEffort('2026-01-01T00:00:00+00:00', 'UTC')
    AND "t0"."timestamp" < parseDateTimeBestEffort('2026-01-01T01:00:00+00:00', 'UTC')
) AS "t1"
GROUP BY
  "t1"."model"

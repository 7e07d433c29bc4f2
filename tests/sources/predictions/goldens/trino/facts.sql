SELECT
  "t1"."model",
  MIN("t1"."timestamp") AS "first",
  MAX("t1"."timestamp") AS "last",
  COUNT(*) AS "rows",
  COUNT("t1"."label") AS "labelled",
  MIN(
    IF(
      IS_NAN("t1"."score") OR IS_INFINITE("t1"."score"),
      CAST(NULL AS DOUBLE),
      "t1"."score"
    )
  ) AS "score_least",
  MAX(
    IF(
      IS_NAN("t1"."score") OR IS_INFINITE("t1"."score"),
      CAST(NULL AS DOUBLE),
      "t1"."score"
    )
  ) AS "score_most",
  SUM(
    IF(
      IF(
        IS_NAN("t1"."score") OR IS_INFINITE("t1"."score"),
        CAST(NULL AS DOUBLE),
        "t1"."score"
      ) <> CAST(FLOOR(
        IF(
          IS_NAN("t1"."score") OR IS_INFINITE("t1"."score"),
          CAST(NULL AS DOUBLE),
          "t1"."score"
        )
      ) AS BIGINT),
      1,
      0
    )
  ) AS "score_broken",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      ),
      1,
      0
    )
  ) AS "timed",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '60' SECOND
        )
      ),
      1,
      0
    )
  ) AS "within_60",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '300' SECOND
        )
      ),
      1,
      0
    )
  ) AS "within_300",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '900' SECOND
        )
      ),
      1,
      0
    )
  ) AS "within_900",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '3600' SECOND
        )
      ),
      1,
      0
    )
  ) AS "within_3600",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '10800' SECOND
        )
      ),
      1,
      0
    )
  ) AS "within_10800",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '21600' SECOND
        )
      ),
      1,
      0
    )
  ) AS "within_21600",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '43200' SECOND
        )
      ),
      1,
      0
    )
  ) AS "within_43200",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '86400' SECOND
        )
      ),
      1,
      0
    )
  ) AS "within_86400",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '172800' SECOND
        )
      ),
      1,
      0
    )
  ) AS "within_172800",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '345600' SECOND
        )
      ),
      1,
      0
    )
  ) AS "within_345600",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '604800' SECOND
        )
      ),
      1,
      0
    )
  ) AS "within_604800",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:30:00') AS TIMESTAMP)
      ),
      1,
      0
    )
  ) AS "old_timed",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:30:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '60' SECOND
        )
      ),
      1,
      0
    )
  ) AS "old_within_60",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:30:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '300' SECOND
        )
      ),
      1,
      0
    )
  ) AS "old_within_300",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:30:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '900' SECOND
        )
      ),
      1,
      0
    )
  ) AS "old_within_900",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:30:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '3600' SECOND
        )
      ),
      1,
      0
    )
  ) AS "old_within_3600",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:30:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '10800' SECOND
        )
      ),
      1,
      0
    )
  ) AS "old_within_10800",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:30:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '21600' SECOND
        )
      ),
      1,
      0
    )
  ) AS "old_within_21600",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:30:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '43200' SECOND
        )
      ),
      1,
      0
    )
  ) AS "old_within_43200",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:30:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '86400' SECOND
        )
      ),
      1,
      0
    )
  ) AS "old_within_86400",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:30:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '172800' SECOND
        )
      ),
      1,
      0
    )
  ) AS "old_within_172800",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:30:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '345600' SECOND
        )
      ),
      1,
      0
    )
  ) AS "old_within_345600",
  SUM(
    IF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      )
      AND (
        "t1"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:30:00') AS TIMESTAMP)
      )
      AND (
        "t1"."label_time" <= (
          "t1"."timestamp" + INTERVAL '604800' SECOND
        )
      ),
      1,
      0
    )
  ) AS "old_within_604800"
FROM (
  SELECT
    CAST("t0"."timestamp" AS TIMESTAMP) AS "timestamp",
    COALESCE("t0"."model", 'predictions') AS "model",
    IF(
      (
        CAST("t0"."label_time" AS TIMESTAMP) IS NULL
      )
      OR (
        CAST("t0"."label_time" AS TIMESTAMP) <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      ),
      "t0"."label",
      CAST(NULL AS VARCHAR)
    ) AS "label",
    IF(
      (
        CAST("t0"."label_time" AS TIMESTAMP) IS NULL
      )
      OR (
        CAST("t0"."label_time" AS TIMESTAMP) <= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00') AS TIMESTAMP)
      ),
      CAST("t0"."label_time" AS TIMESTAMP),
      CAST(NULL AS TIMESTAMP)
    ) AS "label_time",
    "t0"."prediction",
    "t0"."score"
  FROM "predictions" AS "t0"
  WHERE
    "t0"."timestamp" >= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:00:00+00:00') AS TIMESTAMP WITH TIME ZONE)
    AND "t0"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00+00:00') AS TIMESTAMP WITH TIME ZONE)
) AS "t1"
GROUP BY
  1

SELECT
  "t1"."model",
  MIN("t1"."timestamp") AS "first",
  MAX("t1"."timestamp") AS "last",
  COUNT(*) AS "rows",
  COUNT("t1"."label") AS "labelled",
  MIN(
    IFF(
      (
        "t1"."score" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      CAST(NULL AS DOUBLE),
      "t1"."score"
    )
  ) AS "score_least",
  MAX(
    IFF(
      (
        "t1"."score" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      CAST(NULL AS DOUBLE),
      "t1"."score"
    )
  ) AS "score_most",
  SUM(
    IFF(
      IFF(
        (
          "t1"."score" = CAST('NaN' AS DOUBLE)
        )
        OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
        CAST(NULL AS DOUBLE),
        "t1"."score"
      ) <> CAST(FLOOR(
        IFF(
          (
            "t1"."score" = CAST('NaN' AS DOUBLE)
          )
          OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
          CAST(NULL AS DOUBLE),
          "t1"."score"
        )
      ) AS BIGINT),
      1,
      0
    )
  ) AS "score_broken",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      ),
      1,
      0
    )
  ) AS "timed",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '60', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "within_60",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '300', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "within_300",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '900', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "within_900",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '3600', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "within_3600",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '10800', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "within_10800",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '21600', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "within_21600",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '43200', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "within_43200",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '86400', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "within_86400",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '172800', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "within_172800",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '345600', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "within_345600",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '604800', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "within_604800",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."timestamp" < TIMESTAMP_FROM_PARTS(2026, 1, 1, 0, 30, 0, 0)
      ),
      1,
      0
    )
  ) AS "old_timed",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."timestamp" < TIMESTAMP_FROM_PARTS(2026, 1, 1, 0, 30, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '60', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "old_within_60",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."timestamp" < TIMESTAMP_FROM_PARTS(2026, 1, 1, 0, 30, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '300', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "old_within_300",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."timestamp" < TIMESTAMP_FROM_PARTS(2026, 1, 1, 0, 30, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '900', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "old_within_900",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."timestamp" < TIMESTAMP_FROM_PARTS(2026, 1, 1, 0, 30, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '3600', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "old_within_3600",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."timestamp" < TIMESTAMP_FROM_PARTS(2026, 1, 1, 0, 30, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '10800', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "old_within_10800",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."timestamp" < TIMESTAMP_FROM_PARTS(2026, 1, 1, 0, 30, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '21600', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "old_within_21600",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."timestamp" < TIMESTAMP_FROM_PARTS(2026, 1, 1, 0, 30, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '43200', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "old_within_43200",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."timestamp" < TIMESTAMP_FROM_PARTS(2026, 1, 1, 0, 30, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '86400', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "old_within_86400",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."timestamp" < TIMESTAMP_FROM_PARTS(2026, 1, 1, 0, 30, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '172800', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "old_within_172800",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."timestamp" < TIMESTAMP_FROM_PARTS(2026, 1, 1, 0, 30, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '345600', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "old_within_345600",
  SUM(
    IFF(
      (
        "t1"."label" IS NOT NULL
      )
      AND (
        "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      )
      AND (
        "t1"."timestamp" < TIMESTAMP_FROM_PARTS(2026, 1, 1, 0, 30, 0, 0)
      )
      AND (
        "t1"."label_time" <= DATEADD(SECOND, '604800', "t1"."timestamp")
      ),
      1,
      0
    )
  ) AS "old_within_604800"
FROM (
  SELECT
    CAST("t0"."timestamp" AS TIMESTAMP) AS "timestamp",
    COALESCE("t0"."model", 'predictions') AS "model",
    IFF(
      (
        CAST("t0"."label_time" AS TIMESTAMP) IS NULL
      )
      OR (
        CAST("t0"."label_time" AS TIMESTAMP) <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      ),
      "t0"."label",
      CAST(NULL AS VARCHAR)
    ) AS "label",
    IFF(
      (
        CAST("t0"."label_time" AS TIMESTAMP) IS NULL
      )
      OR (
        CAST("t0"."label_time" AS TIMESTAMP) <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0)
      ),
      CAST("t0"."label_time" AS TIMESTAMP),
      CAST(NULL AS TIMESTAMP)
    ) AS "label_time",
    "t0"."prediction",
    "t0"."score"
  FROM "predictions" AS "t0"
  WHERE
    "t0"."timestamp" >= TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 0, 0, 0, 0, 'UTC')
    AND "t0"."timestamp" < TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0, 'UTC')
) AS "t1"
GROUP BY
  1

SELECT
  COUNT(*) AS "rows",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."feature.age" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."feature.age" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."feature.age"
    ),
    0.1
  ) AS "0 decile 1",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."feature.age" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."feature.age" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."feature.age"
    ),
    0.2
  ) AS "0 decile 2",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."feature.age" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."feature.age" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."feature.age"
    ),
    0.3
  ) AS "0 decile 3",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."feature.age" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."feature.age" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."feature.age"
    ),
    0.4
  ) AS "0 decile 4",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."feature.age" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."feature.age" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."feature.age"
    ),
    0.5
  ) AS "0 decile 5",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."feature.age" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."feature.age" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."feature.age"
    ),
    0.6
  ) AS "0 decile 6",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."feature.age" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."feature.age" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."feature.age"
    ),
    0.7
  ) AS "0 decile 7",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."feature.age" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."feature.age" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."feature.age"
    ),
    0.8
  ) AS "0 decile 8",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."feature.age" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."feature.age" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."feature.age"
    ),
    0.9
  ) AS "0 decile 9",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), 0.1) AS "1 decile 1",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), 0.2) AS "1 decile 2",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), 0.3) AS "1 decile 3",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), 0.4) AS "1 decile 4",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), 0.5) AS "1 decile 5",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), 0.6) AS "1 decile 6",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), 0.7) AS "1 decile 7",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), 0.8) AS "1 decile 8",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), 0.9) AS "1 decile 9"
FROM (
  SELECT
    CAST("t0"."timestamp" AS TIMESTAMP) AS "timestamp",
    COALESCE("t0"."model", 'predictions') AS "model",
    COALESCE("t0"."version", '') AS "version",
    "t0"."request_id" AS "id",
    "t0"."age" AS "feature.age",
    "t0"."visits" AS "feature.visits"
  FROM "predictions" AS "t0"
  WHERE
    "t0"."timestamp" >= TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 0, 0, 0, 0, 'UTC')
    AND "t0"."timestamp" < TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0, 'UTC')
    AND COALESCE("t0"."model", 'predictions') = 'it\'s'
) AS "t1";


SELECT
  COUNT(*) AS "rows",
  APPROX_PERCENTILE(
    IF(
      IS_NAN("t1"."feature.age") OR IS_INFINITE("t1"."feature.age"),
      NULL,
      "t1"."feature.age"
    ),
    CAST(0.1 AS DOUBLE)
  ) AS "0 decile 1",
  APPROX_PERCENTILE(
    IF(
      IS_NAN("t1"."feature.age") OR IS_INFINITE("t1"."feature.age"),
      NULL,
      "t1"."feature.age"
    ),
    CAST(0.2 AS DOUBLE)
  ) AS "0 decile 2",
  APPROX_PERCENTILE(
    IF(
      IS_NAN("t1"."feature.age") OR IS_INFINITE("t1"."feature.age"),
      NULL,
      "t1"."feature.age"
    ),
    CAST(0.3 AS DOUBLE)
  ) AS "0 decile 3",
  APPROX_PERCENTILE(
    IF(
      IS_NAN("t1"."feature.age") OR IS_INFINITE("t1"."feature.age"),
      NULL,
      "t1"."feature.age"
    ),
    CAST(0.4 AS DOUBLE)
  ) AS "0 decile 4",
  APPROX_PERCENTILE(
    IF(
      IS_NAN("t1"."feature.age") OR IS_INFINITE("t1"."feature.age"),
      NULL,
      "t1"."feature.age"
    ),
    CAST(0.5 AS DOUBLE)
  ) AS "0 decile 5",
  APPROX_PERCENTILE(
    IF(
      IS_NAN("t1"."feature.age") OR IS_INFINITE("t1"."feature.age"),
      NULL,
      "t1"."feature.age"
    ),
    CAST(0.6 AS DOUBLE)
  ) AS "0 decile 6",
  APPROX_PERCENTILE(
    IF(
      IS_NAN("t1"."feature.age") OR IS_INFINITE("t1"."feature.age"),
      NULL,
      "t1"."feature.age"
    ),
    CAST(0.7 AS DOUBLE)
  ) AS "0 decile 7",
  APPROX_PERCENTILE(
    IF(
      IS_NAN("t1"."feature.age") OR IS_INFINITE("t1"."feature.age"),
      NULL,
      "t1"."feature.age"
    ),
    CAST(0.8 AS DOUBLE)
  ) AS "0 decile 8",
  APPROX_PERCENTILE(
    IF(
      IS_NAN("t1"."feature.age") OR IS_INFINITE("t1"."feature.age"),
      NULL,
      "t1"."feature.age"
    ),
    CAST(0.9 AS DOUBLE)
  ) AS "0 decile 9",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), CAST(0.1 AS DOUBLE)) AS "1 decile 1",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), CAST(0.2 AS DOUBLE)) AS "1 decile 2",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), CAST(0.3 AS DOUBLE)) AS "1 decile 3",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), CAST(0.4 AS DOUBLE)) AS "1 decile 4",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), CAST(0.5 AS DOUBLE)) AS "1 decile 5",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), CAST(0.6 AS DOUBLE)) AS "1 decile 6",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), CAST(0.7 AS DOUBLE)) AS "1 decile 7",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), CAST(0.8 AS DOUBLE)) AS "1 decile 8",
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), CAST(0.9 AS DOUBLE)) AS "1 decile 9"
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
    "t0"."timestamp" >= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:00:00+00:00') AS TIMESTAMP WITH TIME ZONE)
    AND "t0"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00+00:00') AS TIMESTAMP WITH TIME ZONE)
    AND COALESCE("t0"."model", 'predictions') = 'it''s'
) AS "t1";


SELECT
  CASE
    WHEN LENGTH("t1"."prediction") <= 200000
    THEN "t1"."prediction"
    ELSE CAST(NULL AS Nullable(String))
  END AS "nested 0",
  CASE
    WHEN LENGTH(CAST("t1"."request" AS Nullable(String))) <= 200000
    THEN CAST("t1"."request" AS Nullable(String))
    ELSE CAST(NULL AS Nullable(String))
  END AS "nested 1",
  CASE
    WHEN LENGTH("t1"."inputs") <= 200000
    THEN "t1"."inputs"
    ELSE CAST(NULL AS Nullable(String))
  END AS "nested 2",
  CASE
    WHEN LENGTH("t1"."payload"[1]) <= 200000
    THEN "t1"."payload"[1]
    ELSE CAST(NULL AS Nullable(String))
  END AS "nested 3"
FROM (
  SELECT
    *
  FROM "predictions" AS "t0"
  LIMIT 200
) AS "t1";

SELECT
  CAST("t1"."timestamp" AS Nullable(DateTime)) AS "timestamp",
  'predictions' AS "model",
  '' AS "version",
  accurateCastOrNull(
    nullIf(
      JSON_VALUE(CAST("t1"."request" AS Nullable(String)), '$["instances"][0]["age"]'),
      ''
    ),
    'Nullable(Float64)'
  ) AS "feature.age",
  nullIf(
    JSON_VALUE(CAST("t1"."request" AS Nullable(String)), '$["instances"][0]["it''s"]'),
    ''
  ) AS "feature.it's",
  CASE CASE nullIf(
        JSON_VALUE(CAST("t1"."request" AS Nullable(String)), '$["instances"][0]["vip"]'),
        ''
      )
      WHEN 'true'
      THEN TRUE
      WHEN 'false'
      THEN FALSE
      ELSE NULL
    END
    WHEN TRUE
    THEN 'true'
    WHEN FALSE
    THEN 'false'
    ELSE NULL
  END AS "feature.vip"
FROM (
  SELECT
    *
  FROM "predictions" AS "t0"
  WHERE
    "t0"."timestamp" >= parseDateTimeBestEffort('2026-01-01T00:00:00+00:00', 'UTC')
    AND "t0"."timestamp" < parseDateTimeBestEffort('2026-01-01T01:00:00+00:00', 'UTC')
) AS "t1";


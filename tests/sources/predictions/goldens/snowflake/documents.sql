SELECT
  IFF(LENGTH("t1"."prediction") <= 200000, "t1"."prediction", CAST(NULL AS VARCHAR)) AS "nested 0",
  IFF(
    LENGTH(CAST("t1"."request" AS VARCHAR)) <= 200000,
    CAST("t1"."request" AS VARCHAR),
    CAST(NULL AS VARCHAR)
  ) AS "nested 1",
  IFF(LENGTH("t1"."inputs") <= 200000, "t1"."inputs", CAST(NULL AS VARCHAR)) AS "nested 2",
  IFF(
    LENGTH(GET("t1"."payload", 0)) <= 200000,
    GET("t1"."payload", 0),
    CAST(NULL AS VARCHAR)
  ) AS "nested 3"
FROM (
  SELECT
    *
  FROM "predictions" AS "t0"
  LIMIT 200
) AS "t1";

SELECT
  CAST("t0"."timestamp" AS TIMESTAMP) AS "timestamp",
  'predictions' AS "model",
  '' AS "version",
  "t0"."prediction",
  "t0"."inputs" AS "feature.inputs"
FROM "predictions" AS "t0"
WHERE
  "t0"."timestamp" >= TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 0, 0, 0, 0, 'UTC')
  AND "t0"."timestamp" < TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0, 'UTC');


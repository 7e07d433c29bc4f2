SELECT
  IF(LENGTH("t1"."prediction") <= 200000, "t1"."prediction", CAST(NULL AS VARCHAR)) AS "nested 0",
  IF(
    LENGTH(JSON_FORMAT("t1"."request")) <= 200000,
    JSON_FORMAT("t1"."request"),
    CAST(NULL AS VARCHAR)
  ) AS "nested 1",
  IF(LENGTH("t1"."inputs") <= 200000, "t1"."inputs", CAST(NULL AS VARCHAR)) AS "nested 2",
  IF(
    LENGTH(ELEMENT_AT("t1"."payload", 0 + 1)) <= 200000,
    ELEMENT_AT("t1"."payload", 0 + 1),
    CAST(NULL AS VARCHAR)
  ) AS "nested 3"
FROM (
  SELECT
    *
  FROM "predictions" AS "t0"
  LIMIT 200
) AS "t1";

SELECT
  CAST("t1"."timestamp" AS TIMESTAMP) AS "timestamp",
  'predictions' AS "model",
  '' AS "version",
  TRY_CAST(JSON_EXTRACT_SCALAR("t1"."request", '$.instances[0].age') AS DOUBLE) AS "feature.age",
  JSON_EXTRACT_SCALAR("t1"."request", '$.instances[0]["it''s"]') AS "feature.it's",
  CASE CASE JSON_EXTRACT_SCALAR("t1"."request", '$.instances[0].vip')
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
    "t0"."timestamp" >= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:00:00+00:00') AS TIMESTAMP WITH TIME ZONE)
    AND "t0"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00+00:00') AS TIMESTAMP WITH TIME ZONE)
) AS "t1";


SELECT
  COUNT(*) AS "rows",
  quantileTDigest(0.1)(CASE
    WHEN isNaN("t1"."feature.age") OR isInfinite("t1"."feature.age")
    THEN NULL
    ELSE "t1"."feature.age"
  END) AS "0 decile 1",
  quantileTDigest(0.2)(CASE
    WHEN isNaN("t1"."feature.age") OR isInfinite("t1"."feature.age")
    THEN NULL
    ELSE "t1"."feature.age"
  END) AS "0 decile 2",
  quantileTDigest(0.3)(CASE
    WHEN isNaN("t1"."feature.age") OR isInfinite("t1"."feature.age")
    THEN NULL
    ELSE "t1"."feature.age"
  END) AS "0 decile 3",
  quantileTDigest(0.4)(CASE
    WHEN isNaN("t1"."feature.age") OR isInfinite("t1"."feature.age")
    THEN NULL
    ELSE "t1"."feature.age"
  END) AS "0 decile 4",
  quantileTDigest(0.5)(CASE
    WHEN isNaN("t1"."feature.age") OR isInfinite("t1"."feature.age")
    THEN NULL
    ELSE "t1"."feature.age"
  END) AS "0 decile 5",
  quantileTDigest(0.6)(CASE
    WHEN isNaN("t1"."feature.age") OR isInfinite("t1"."feature.age")
    THEN NULL
    ELSE "t1"."feature.age"
  END) AS "0 decile 6",
  quantileTDigest(0.7)(CASE
    WHEN isNaN("t1"."feature.age") OR isInfinite("t1"."feature.age")
    THEN NULL
    ELSE "t1"."feature.age"
  END) AS "0 decile 7",
  quantileTDigest(0.8)(CASE
    WHEN isNaN("t1"."feature.age") OR isInfinite("t1"."feature.age")
    THEN NULL
    ELSE "t1"."feature.age"
  END) AS "0 decile 8",
  quantileTDigest(0.9)(CASE
    WHEN isNaN("t1"."feature.age") OR isInfinite("t1"."feature.age")
    THEN NULL
    ELSE "t1"."feature.age"
  END) AS "0 decile 9",
  quantileTDigest(0.1)(CAST("t1"."feature.visits" AS Nullable(Float64))) AS "1 decile 1",
  quantileTDigest(0.2)(CAST("t1"."feature.visits" AS Nullable(Float64))) AS "1 decile 2",
  quantileTDigest(0.3)(CAST("t1"."feature.visits" AS Nullable(Float64))) AS "1 decile 3",
  quantileTDigest(0.4)(CAST("t1"."feature.visits" AS Nullable(Float64))) AS "1 decile 4",
  quantileTDigest(0.5)(CAST("t1"."feature.visits" AS Nullable(Float64))) AS "1 decile 5",
  quantileTDigest(0.6)(CAST("t1"."feature.visits" AS Nullable(Float64))) AS "1 decile 6",
  quantileTDigest(0.7)(CAST("t1"."feature.visits" AS Nullable(Float64))) AS "1 decile 7",
  quantileTDigest(0.8)(CAST("t1"."feature.visits" AS Nullable(Float64))) AS "1 decile 8",
  quantileTDigest(0.9)(CAST("t1"."feature.visits" AS Nullable(Float64))) AS "1 decile 9"
FROM (
  SELECT
    CAST("t0"."timestamp" AS Nullable(DateTime)) AS "timestamp",
    COALESCE("t0"."model", 'predictions') AS "model",
    COALESCE("t0"."version", '') AS "version",
    "t0"."request_id" AS "id",
    "t0"."age" AS "feature.age",
    "t0"."visits" AS "feature.visits"
  FROM "predictions" AS "t0"
  WHERE
    "t0"."timestamp" >= parseDateTimeBestEffort('2026-01-01T00:00:00+00:00', 'UTC')
    AND "t0"."timestamp" < parseDateTimeBestEffort('2026-01-01T01:00:00+00:00', 'UTC')
    AND COALESCE("t0"."model", 'predictions') = 'it''s'
) AS "t1";


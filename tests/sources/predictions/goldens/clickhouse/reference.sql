SELECT
  "t1"."model" AS "model",
  COUNT(*) AS "rows",
  MIN(
    CASE
      WHEN isNaN("t1"."feature.age") OR isInfinite("t1"."feature.age")
      THEN NULL
      ELSE "t1"."feature.age"
    END
  ) AS "low0",
  MAX(
    CASE
      WHEN isNaN("t1"."feature.age") OR isInfinite("t1"."feature.age")
      THEN NULL
      ELSE "t1"."feature.age"
    END
  ) AS "high0",
  MIN(CAST("t1"."feature.visits" AS Nullable(Float64))) AS "low1",
  MAX(CAST("t1"."feature.visits" AS Nullable(Float64))) AS "high1",
  MIN(
    CASE
      WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
      THEN NULL
      ELSE "t1"."score"
    END
  ) AS "low2",
  MAX(
    CASE
      WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
      THEN NULL
      ELSE "t1"."score"
    END
  ) AS "high2"
FROM (
  SELECT
    CAST("t0"."timestamp" AS Nullable(DateTime)) AS "timestamp",
    'it''s' AS "model",
    '' AS "version",
    "t0"."request_id" AS "id",
    "t0"."score" AS "score",
    "t0"."age" AS "feature.age",
    "t0"."visits" AS "feature.visits"
  FROM "predictions" AS "t0"
  WHERE
    "t0"."timestamp" >= parseDateTimeBestEffort('2026-01-01T00:00:00+00:00', 'UTC')
    AND "t0"."timestamp" < parseDateTimeBestEffort('2026-01-01T01:00:00+00:00', 'UTC')
    AND COALESCE("t0"."model", 'predictions') = 'it''s'
) AS "t1"
GROUP BY
  "t1"."model";

SELECT
  "t1"."model" AS "model",
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
  quantileTDigest(0.9)(CAST("t1"."feature.visits" AS Nullable(Float64))) AS "1 decile 9",
  quantileTDigest(0.1)(CASE
    WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
    THEN NULL
    ELSE "t1"."score"
  END) AS "2 decile 1",
  quantileTDigest(0.2)(CASE
    WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
    THEN NULL
    ELSE "t1"."score"
  END) AS "2 decile 2",
  quantileTDigest(0.3)(CASE
    WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
    THEN NULL
    ELSE "t1"."score"
  END) AS "2 decile 3",
  quantileTDigest(0.4)(CASE
    WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
    THEN NULL
    ELSE "t1"."score"
  END) AS "2 decile 4",
  quantileTDigest(0.5)(CASE
    WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
    THEN NULL
    ELSE "t1"."score"
  END) AS "2 decile 5",
  quantileTDigest(0.6)(CASE
    WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
    THEN NULL
    ELSE "t1"."score"
  END) AS "2 decile 6",
  quantileTDigest(0.7)(CASE
    WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
    THEN NULL
    ELSE "t1"."score"
  END) AS "2 decile 7",
  quantileTDigest(0.8)(CASE
    WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
    THEN NULL
    ELSE "t1"."score"
  END) AS "2 decile 8",
  quantileTDigest(0.9)(CASE
    WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
    THEN NULL
    ELSE "t1"."score"
  END) AS "2 decile 9",
  uniqHLL12(
    CASE
      WHEN isNaN("t1"."feature.age") OR isInfinite("t1"."feature.age")
      THEN NULL
      ELSE "t1"."feature.age"
    END
  ) AS "0 values",
  uniqHLL12(CAST("t1"."feature.visits" AS Nullable(Float64))) AS "1 values",
  uniqHLL12(
    CASE
      WHEN isNaN("t1"."score") OR isInfinite("t1"."score")
      THEN NULL
      ELSE "t1"."score"
    END
  ) AS "2 values"
FROM (
  SELECT
    CAST("t0"."timestamp" AS Nullable(DateTime)) AS "timestamp",
    'it''s' AS "model",
    '' AS "version",
    "t0"."request_id" AS "id",
    "t0"."score" AS "score",
    "t0"."age" AS "feature.age",
    "t0"."visits" AS "feature.visits"
  FROM "predictions" AS "t0"
  WHERE
    "t0"."timestamp" >= parseDateTimeBestEffort('2026-01-01T00:00:00+00:00', 'UTC')
    AND "t0"."timestamp" < parseDateTimeBestEffort('2026-01-01T01:00:00+00:00', 'UTC')
    AND COALESCE("t0"."model", 'predictions') = 'it''s'
) AS "t1"
GROUP BY
  "t1"."model";

SELECT
  *
FROM (
  SELECT
    "t2"."model" AS "model",
    "t2"."value" AS "value",
    2 AS "place"
  FROM (
    SELECT DISTINCT
      'it''s' AS "model",
      CASE
        WHEN isNaN("t0"."score") OR isInfinite("t0"."score")
        THEN NULL
        ELSE "t0"."score"
      END AS "value"
    FROM "predictions" AS "t0"
    WHERE
      "t0"."timestamp" >= parseDateTimeBestEffort('2026-01-01T00:00:00+00:00', 'UTC')
      AND "t0"."timestamp" < parseDateTimeBestEffort('2026-01-01T01:00:00+00:00', 'UTC')
      AND COALESCE("t0"."model", 'predictions') = 'it''s'
  ) AS "t2"
) AS "t5"
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t3"."model" AS "model",
      "t3"."value" AS "value",
      0 AS "place"
    FROM (
      SELECT DISTINCT
        'it''s' AS "model",
        CASE WHEN isNaN("t0"."age") OR isInfinite("t0"."age") THEN NULL ELSE "t0"."age" END AS "value"
      FROM "predictions" AS "t0"
      WHERE
        "t0"."timestamp" >= parseDateTimeBestEffort('2026-01-01T00:00:00+00:00', 'UTC')
        AND "t0"."timestamp" < parseDateTimeBestEffort('2026-01-01T01:00:00+00:00', 'UTC')
        AND COALESCE("t0"."model", 'predictions') = 'it''s'
    ) AS "t3"
  ) AS "t6"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t1"."model" AS "model",
      "t1"."value" AS "value",
      1 AS "place"
    FROM (
      SELECT DISTINCT
        'it''s' AS "model",
        CAST("t0"."visits" AS Nullable(Float64)) AS "value"
      FROM "predictions" AS "t0"
      WHERE
        "t0"."timestamp" >= parseDateTimeBestEffort('2026-01-01T00:00:00+00:00', 'UTC')
        AND "t0"."timestamp" < parseDateTimeBestEffort('2026-01-01T01:00:00+00:00', 'UTC')
        AND COALESCE("t0"."model", 'predictions') = 'it''s'
    ) AS "t1"
  ) AS "t4"
) AS "t7";

SELECT
  *
FROM (
  SELECT
    "t8"."model" AS "model",
    "t8"."value" AS "value",
    "t8"."rows" AS "rows",
    2 AS "place"
  FROM (
    SELECT
      "t4"."model" AS "model",
      "t4"."value" AS "value",
      "t4"."rows" AS "rows",
      ROW_NUMBER() OVER (
        PARTITION BY "t4"."model"
        ORDER BY "t4"."rows" DESC, "t4"."value" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "rank"
    FROM (
      SELECT
        "t1"."model" AS "model",
        "t1"."value" AS "value",
        COUNT(*) AS "rows"
      FROM (
        SELECT
          'it''s' AS "model",
          "t0"."prediction" AS "value"
        FROM "predictions" AS "t0"
        WHERE
          "t0"."timestamp" >= parseDateTimeBestEffort('2026-01-01T00:00:00+00:00', 'UTC')
          AND "t0"."timestamp" < parseDateTimeBestEffort('2026-01-01T01:00:00+00:00', 'UTC')
          AND COALESCE("t0"."model", 'predictions') = 'it''s'
          AND isNotNull("t0"."prediction")
      ) AS "t1"
      GROUP BY
        "t1"."model",
        "t1"."value"
    ) AS "t4"
  ) AS "t8"
  WHERE
    "t8"."rank" <= 1000
) AS "t10"
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t9"."model" AS "model",
      "t9"."value" AS "value",
      "t9"."rows" AS "rows",
      0 AS "place"
    FROM (
      SELECT
        "t5"."model" AS "model",
        "t5"."value" AS "value",
        "t5"."rows" AS "rows",
        ROW_NUMBER() OVER (
          PARTITION BY "t5"."model"
          ORDER BY "t5"."rows" DESC, "t5"."value" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "rank"
      FROM (
        SELECT
          "t2"."model" AS "model",
          "t2"."value" AS "value",
          COUNT(*) AS "rows"
        FROM (
          SELECT
            'it''s' AS "model",
            "t0"."country" AS "value"
          FROM "predictions" AS "t0"
          WHERE
            "t0"."timestamp" >= parseDateTimeBestEffort('2026-01-01T00:00:00+00:00', 'UTC')
            AND "t0"."timestamp" < parseDateTimeBestEffort('2026-01-01T01:00:00+00:00', 'UTC')
            AND COALESCE("t0"."model", 'predictions') = 'it''s'
            AND isNotNull("t0"."country")
        ) AS "t2"
        GROUP BY
          "t2"."model",
          "t2"."value"
      ) AS "t5"
    ) AS "t9"
    WHERE
      "t9"."rank" <= 1000
  ) AS "t11"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t12"."model" AS "model",
      "t12"."value" AS "value",
      "t12"."rows" AS "rows",
      1 AS "place"
    FROM (
      SELECT
        "t7"."model" AS "model",
        "t7"."value" AS "value",
        "t7"."rows" AS "rows",
        ROW_NUMBER() OVER (
          PARTITION BY "t7"."model"
          ORDER BY "t7"."rows" DESC, "t7"."value" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "rank"
      FROM (
        SELECT
          "t6"."model" AS "model",
          "t6"."value" AS "value",
          COUNT(*) AS "rows"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              'it''s' AS "model",
              CASE "t0"."it's ""odd""" WHEN TRUE THEN 'true' WHEN FALSE THEN 'false' ELSE NULL END AS "value"
            FROM "predictions" AS "t0"
            WHERE
              "t0"."timestamp" >= parseDateTimeBestEffort('2026-01-01T00:00:00+00:00', 'UTC')
              AND "t0"."timestamp" < parseDateTimeBestEffort('2026-01-01T01:00:00+00:00', 'UTC')
              AND COALESCE("t0"."model", 'predictions') = 'it''s'
          ) AS "t3"
          WHERE
            isNotNull("t3"."value")
        ) AS "t6"
        GROUP BY
          "t6"."model",
          "t6"."value"
      ) AS "t7"
    ) AS "t12"
    WHERE
      "t12"."rank" <= 1000
  ) AS "t13"
) AS "t14";

WITH "incident_console_counted" AS (
  SELECT
    '' AS "version",
    COALESCE("t0"."error", FALSE) AS "c0_0",
    CASE
      WHEN isNaN("t0"."latency_ms" / 1000)
      THEN NULL
      ELSE "t0"."latency_ms" / 1000
    END AS "c1_0",
    CASE WHEN isNaN("t0"."age") THEN NULL ELSE "t0"."age" END AS "c2_0",
    "t0"."visits" AS "c3_0",
    "t0"."country" AS "c4_0",
    CASE WHEN "t0"."country" = 'DE' THEN 1 ELSE 0 END AS "c4_1",
    CASE WHEN isNaN("t0"."score") THEN NULL ELSE "t0"."score" END AS "c5_0",
    CAST("t0"."timestamp" AS Nullable(DateTime)) AS "instant"
  FROM "predictions" AS "t0"
  WHERE
    "t0"."timestamp" >= parseDateTimeBestEffort('2026-01-01T00:00:00+00:00', 'UTC')
    AND "t0"."timestamp" < parseDateTimeBestEffort('2026-01-01T01:00:00+00:00', 'UTC')
    AND COALESCE("t0"."model", 'predictions') = 'it''s'
    AND 'it''s' = 'it''s'
)
SELECT
  "version" AS "version",
  COUNT(*) AS "rows",
  MAX("instant") AS "newest",
  SUM(CASE WHEN "c0_0" THEN 1 ELSE 0 END) AS "s0",
  COUNT("c1_0") AS "s1",
  SUM(
    CASE
      WHEN "c1_0" > CAST(0.0010000000006584742 AS Nullable(Float64))
      THEN 1
      ELSE 0
    END
  ) AS "s2",
  SUM(
    CASE
      WHEN "c1_0" > CAST(0.0025000000000545692 AS Nullable(Float64))
      THEN 1
      ELSE 0
    END
  ) AS "s3",
  SUM(
    CASE WHEN "c1_0" > CAST(0.005000000000563886 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s4",
  SUM(
    CASE WHEN "c1_0" > CAST(0.010000000000673026 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s5",
  SUM(
    CASE WHEN "c1_0" > CAST(0.02500000000009095 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s6",
  SUM(
    CASE WHEN "c1_0" > CAST(0.05000000000063664 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s7",
  SUM(
    CASE WHEN "c1_0" > CAST(0.10000000000081855 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s8",
  SUM(
    CASE WHEN "c1_0" > CAST(0.25000000000045475 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s9",
  SUM(
    CASE WHEN "c1_0" > CAST(0.5000000000004547 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s10",
  SUM(
    CASE WHEN "c1_0" > CAST(1.0000000000004547 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s11",
  SUM(
    CASE WHEN "c1_0" > CAST(2.5000000000004547 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s12",
  SUM(
    CASE WHEN "c1_0" > CAST(5.000000000000455 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s13",
  SUM(
    CASE WHEN "c1_0" > CAST(10.000000000000455 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s14",
  SUM(
    CASE WHEN "c1_0" > CAST(30.000000000000455 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s15",
  SUM(
    CASE WHEN "c1_0" > CAST(60.000000000000455 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s16",
  COUNT("c2_0") AS "s17",
  SUM(
    CASE WHEN "c2_0" > CAST(0.9999999981373547 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s18",
  SUM(
    CASE WHEN "c2_0" > CAST(1.0000000018626451 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s19",
  COUNT("c3_0") AS "s20",
  SUM(CASE WHEN "c3_0" > 0 THEN 1 ELSE 0 END) AS "s21",
  SUM(CASE WHEN "c3_0" > 1 THEN 1 ELSE 0 END) AS "s22",
  COUNT("c4_0") AS "s23",
  SUM(CASE WHEN "c4_1" = 1 THEN 1 ELSE 0 END) AS "s24",
  COUNT("c5_0") AS "s25",
  SUM(
    CASE WHEN "c5_0" > CAST(0.9999999981373547 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s26",
  SUM(
    CASE WHEN "c5_0" > CAST(1.0000000018626451 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s27"
FROM "incident_console_counted"
GROUP BY
  "version";


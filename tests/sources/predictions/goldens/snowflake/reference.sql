SELECT
  "t1"."model",
  COUNT(*) AS "rows",
  MIN(
    IFF(
      (
        "t1"."feature.age" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."feature.age" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."feature.age"
    )
  ) AS "low0",
  MAX(
    IFF(
      (
        "t1"."feature.age" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."feature.age" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."feature.age"
    )
  ) AS "high0",
  MIN(CAST("t1"."feature.visits" AS DOUBLE)) AS "low1",
  MAX(CAST("t1"."feature.visits" AS DOUBLE)) AS "high1",
  MIN(
    IFF(
      (
        "t1"."score" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."score"
    )
  ) AS "low2",
  MAX(
    IFF(
      (
        "t1"."score" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."score"
    )
  ) AS "high2"
FROM (
  SELECT
    CAST("t0"."timestamp" AS TIMESTAMP) AS "timestamp",
    'it\'s' AS "model",
    '' AS "version",
    "t0"."request_id" AS "id",
    "t0"."score",
    "t0"."age" AS "feature.age",
    "t0"."visits" AS "feature.visits"
  FROM "predictions" AS "t0"
  WHERE
    "t0"."timestamp" >= TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 0, 0, 0, 0, 'UTC')
    AND "t0"."timestamp" < TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0, 'UTC')
    AND COALESCE("t0"."model", 'predictions') = 'it\'s'
) AS "t1"
GROUP BY
  1;

SELECT
  "t1"."model",
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
  APPROX_PERCENTILE(CAST("t1"."feature.visits" AS DOUBLE), 0.9) AS "1 decile 9",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."score" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."score"
    ),
    0.1
  ) AS "2 decile 1",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."score" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."score"
    ),
    0.2
  ) AS "2 decile 2",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."score" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."score"
    ),
    0.3
  ) AS "2 decile 3",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."score" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."score"
    ),
    0.4
  ) AS "2 decile 4",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."score" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."score"
    ),
    0.5
  ) AS "2 decile 5",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."score" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."score"
    ),
    0.6
  ) AS "2 decile 6",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."score" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."score"
    ),
    0.7
  ) AS "2 decile 7",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."score" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."score"
    ),
    0.8
  ) AS "2 decile 8",
  APPROX_PERCENTILE(
    IFF(
      (
        "t1"."score" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."score"
    ),
    0.9
  ) AS "2 decile 9",
  APPROX_COUNT_DISTINCT(
    IFF(
      (
        "t1"."feature.age" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."feature.age" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."feature.age"
    )
  ) AS "0 values",
  APPROX_COUNT_DISTINCT(CAST("t1"."feature.visits" AS DOUBLE)) AS "1 values",
  APPROX_COUNT_DISTINCT(
    IFF(
      (
        "t1"."score" = CAST('NaN' AS DOUBLE)
      )
      OR "t1"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
      NULL,
      "t1"."score"
    )
  ) AS "2 values"
FROM (
  SELECT
    CAST("t0"."timestamp" AS TIMESTAMP) AS "timestamp",
    'it\'s' AS "model",
    '' AS "version",
    "t0"."request_id" AS "id",
    "t0"."score",
    "t0"."age" AS "feature.age",
    "t0"."visits" AS "feature.visits"
  FROM "predictions" AS "t0"
  WHERE
    "t0"."timestamp" >= TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 0, 0, 0, 0, 'UTC')
    AND "t0"."timestamp" < TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0, 'UTC')
    AND COALESCE("t0"."model", 'predictions') = 'it\'s'
) AS "t1"
GROUP BY
  1;

SELECT
  *
FROM (
  SELECT
    "t2"."model",
    "t2"."value",
    2 AS "place"
  FROM (
    SELECT DISTINCT
      'it\'s' AS "model",
      IFF(
        (
          "t0"."score" = CAST('NaN' AS DOUBLE)
        )
        OR "t0"."score" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
        NULL,
        "t0"."score"
      ) AS "value"
    FROM "predictions" AS "t0"
    WHERE
      "t0"."timestamp" >= TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 0, 0, 0, 0, 'UTC')
      AND "t0"."timestamp" < TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0, 'UTC')
      AND COALESCE("t0"."model", 'predictions') = 'it\'s'
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
      "t3"."model",
      "t3"."value",
      0 AS "place"
    FROM (
      SELECT DISTINCT
        'it\'s' AS "model",
        IFF(
          (
            "t0"."age" = CAST('NaN' AS DOUBLE)
          )
          OR "t0"."age" IN (CAST('Inf' AS DOUBLE), CAST('-Inf' AS DOUBLE)),
          NULL,
          "t0"."age"
        ) AS "value"
      FROM "predictions" AS "t0"
      WHERE
        "t0"."timestamp" >= TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 0, 0, 0, 0, 'UTC')
        AND "t0"."timestamp" < TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0, 'UTC')
        AND COALESCE("t0"."model", 'predictions') = 'it\'s'
    ) AS "t3"
  ) AS "t6"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t1"."model",
      "t1"."value",
      1 AS "place"
    FROM (
      SELECT DISTINCT
        'it\'s' AS "model",
        CAST("t0"."visits" AS DOUBLE) AS "value"
      FROM "predictions" AS "t0"
      WHERE
        "t0"."timestamp" >= TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 0, 0, 0, 0, 'UTC')
        AND "t0"."timestamp" < TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0, 'UTC')
        AND COALESCE("t0"."model", 'predictions') = 'it\'s'
    ) AS "t1"
  ) AS "t4"
) AS "t7";

SELECT
  *
FROM (
  SELECT
    "t8"."model",
    "t8"."value",
    "t8"."rows",
    2 AS "place"
  FROM (
    SELECT
      "t4"."model",
      "t4"."value",
      "t4"."rows",
      ROW_NUMBER() OVER (PARTITION BY "t4"."model" ORDER BY "t4"."rows" DESC NULLS LAST, "t4"."value" ASC) - 1 AS "rank"
    FROM (
      SELECT
        "t1"."model",
        "t1"."value",
        COUNT(*) AS "rows"
      FROM (
        SELECT
          'it\'s' AS "model",
          "t0"."prediction" AS "value"
        FROM "predictions" AS "t0"
        WHERE
          "t0"."timestamp" >= TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 0, 0, 0, 0, 'UTC')
          AND "t0"."timestamp" < TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0, 'UTC')
          AND COALESCE("t0"."model", 'predictions') = 'it\'s'
          AND "t0"."prediction" IS NOT NULL
      ) AS "t1"
      GROUP BY
        1,
        2
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
      "t9"."model",
      "t9"."value",
      "t9"."rows",
      0 AS "place"
    FROM (
      SELECT
        "t5"."model",
        "t5"."value",
        "t5"."rows",
        ROW_NUMBER() OVER (PARTITION BY "t5"."model" ORDER BY "t5"."rows" DESC NULLS LAST, "t5"."value" ASC) - 1 AS "rank"
      FROM (
        SELECT
          "t2"."model",
          "t2"."value",
          COUNT(*) AS "rows"
        FROM (
          SELECT
            'it\'s' AS "model",
            "t0"."country" AS "value"
          FROM "predictions" AS "t0"
          WHERE
            "t0"."timestamp" >= TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 0, 0, 0, 0, 'UTC')
            AND "t0"."timestamp" < TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0, 'UTC')
            AND COALESCE("t0"."model", 'predictions') = 'it\'s'
            AND "t0"."country" IS NOT NULL
        ) AS "t2"
        GROUP BY
          1,
          2
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
      "t12"."model",
      "t12"."value",
      "t12"."rows",
      1 AS "place"
    FROM (
      SELECT
        "t7"."model",
        "t7"."value",
        "t7"."rows",
        ROW_NUMBER() OVER (PARTITION BY "t7"."model" ORDER BY "t7"."rows" DESC NULLS LAST, "t7"."value" ASC) - 1 AS "rank"
      FROM (
        SELECT
          "t6"."model",
          "t6"."value",
          COUNT(*) AS "rows"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              'it\'s' AS "model",
              CASE "t0"."it's ""odd""" WHEN TRUE THEN 'true' WHEN FALSE THEN 'false' ELSE NULL END AS "value"
            FROM "predictions" AS "t0"
            WHERE
              "t0"."timestamp" >= TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 0, 0, 0, 0, 'UTC')
              AND "t0"."timestamp" < TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0, 'UTC')
              AND COALESCE("t0"."model", 'predictions') = 'it\'s'
          ) AS "t3"
          WHERE
            "t3"."value" IS NOT NULL
        ) AS "t6"
        GROUP BY
          1,
          2
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
    IFF(
      (
        "t0"."latency_ms" / 1000
      ) = CAST('NaN' AS DOUBLE),
      NULL,
      "t0"."latency_ms" / 1000
    ) AS "c1_0",
    IFF("t0"."age" = CAST('NaN' AS DOUBLE), NULL, "t0"."age") AS "c2_0",
    "t0"."visits" AS "c3_0",
    "t0"."country" AS "c4_0",
    CASE WHEN "t0"."country" = 'DE' THEN 1 ELSE 0 END AS "c4_1",
    IFF("t0"."score" = CAST('NaN' AS DOUBLE), NULL, "t0"."score") AS "c5_0",
    CAST("t0"."timestamp" AS TIMESTAMP) AS "instant"
  FROM "predictions" AS "t0"
  WHERE
    "t0"."timestamp" >= TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 0, 0, 0, 0, 'UTC')
    AND "t0"."timestamp" < TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0, 'UTC')
    AND COALESCE("t0"."model", 'predictions') = 'it\'s'
    AND 'it\'s' = 'it\'s'
)
SELECT
  "version" AS "version",
  COUNT(*) AS "rows",
  MAX("instant") AS "newest",
  SUM(CASE WHEN "c0_0" THEN 1 ELSE 0 END) AS "s0",
  COUNT("c1_0") AS "s1",
  SUM(CASE WHEN "c1_0" > CAST(0.0010000000006584742 AS DOUBLE) THEN 1 ELSE 0 END) AS "s2",
  SUM(CASE WHEN "c1_0" > CAST(0.0025000000000545692 AS DOUBLE) THEN 1 ELSE 0 END) AS "s3",
  SUM(CASE WHEN "c1_0" > CAST(0.005000000000563886 AS DOUBLE) THEN 1 ELSE 0 END) AS "s4",
  SUM(CASE WHEN "c1_0" > CAST(0.010000000000673026 AS DOUBLE) THEN 1 ELSE 0 END) AS "s5",
  SUM(CASE WHEN "c1_0" > CAST(0.02500000000009095 AS DOUBLE) THEN 1 ELSE 0 END) AS "s6",
  SUM(CASE WHEN "c1_0" > CAST(0.05000000000063664 AS DOUBLE) THEN 1 ELSE 0 END) AS "s7",
  SUM(CASE WHEN "c1_0" > CAST(0.10000000000081855 AS DOUBLE) THEN 1 ELSE 0 END) AS "s8",
  SUM(CASE WHEN "c1_0" > CAST(0.25000000000045475 AS DOUBLE) THEN 1 ELSE 0 END) AS "s9",
  SUM(CASE WHEN "c1_0" > CAST(0.5000000000004547 AS DOUBLE) THEN 1 ELSE 0 END) AS "s10",
  SUM(CASE WHEN "c1_0" > CAST(1.0000000000004547 AS DOUBLE) THEN 1 ELSE 0 END) AS "s11",
  SUM(CASE WHEN "c1_0" > CAST(2.5000000000004547 AS DOUBLE) THEN 1 ELSE 0 END) AS "s12",
  SUM(CASE WHEN "c1_0" > CAST(5.000000000000455 AS DOUBLE) THEN 1 ELSE 0 END) AS "s13",
  SUM(CASE WHEN "c1_0" > CAST(10.000000000000455 AS DOUBLE) THEN 1 ELSE 0 END) AS "s14",
  SUM(CASE WHEN "c1_0" > CAST(30.000000000000455 AS DOUBLE) THEN 1 ELSE 0 END) AS "s15",
  SUM(CASE WHEN "c1_0" > CAST(60.000000000000455 AS DOUBLE) THEN 1 ELSE 0 END) AS "s16",
  COUNT("c2_0") AS "s17",
  SUM(CASE WHEN "c2_0" > CAST(0.9999999981373547 AS DOUBLE) THEN 1 ELSE 0 END) AS "s18",
  SUM(CASE WHEN "c2_0" > CAST(1.0000000018626451 AS DOUBLE) THEN 1 ELSE 0 END) AS "s19",
  COUNT("c3_0") AS "s20",
  SUM(CASE WHEN "c3_0" > 0 THEN 1 ELSE 0 END) AS "s21",
  SUM(CASE WHEN "c3_0" > 1 THEN 1 ELSE 0 END) AS "s22",
  COUNT("c4_0") AS "s23",
  SUM(CASE WHEN "c4_1" = 1 THEN 1 ELSE 0 END) AS "s24",
  COUNT("c5_0") AS "s25",
  SUM(CASE WHEN "c5_0" > CAST(0.9999999981373547 AS DOUBLE) THEN 1 ELSE 0 END) AS "s26",
  SUM(CASE WHEN "c5_0" > CAST(1.0000000018626451 AS DOUBLE) THEN 1 ELSE 0 END) AS "s27"
FROM "incident_console_counted"
GROUP BY
  "version";


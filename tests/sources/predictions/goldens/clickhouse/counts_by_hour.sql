WITH "incident_console_counted" AS (
  SELECT
    COALESCE("t0"."version", '') AS "version",
    dateTrunc('HOUR', CAST("t0"."timestamp" AS Nullable(DateTime))) AS "hour",
    COALESCE("t0"."error", FALSE) AS "c0_0",
    CASE
      WHEN isNaN("t0"."latency_ms" / 1000)
      THEN NULL
      ELSE "t0"."latency_ms" / 1000
    END AS "c1_0",
    CASE WHEN isNaN("t0"."age") THEN NULL ELSE "t0"."age" END AS "c2_0",
    "t0"."visits" AS "c3_0",
    "t0"."country" AS "c4_0",
    CASE
      WHEN "t0"."country" = 'DE'
      THEN 1
      WHEN "t0"."country" = 'O''Brien'
      THEN 2
      WHEN "t0"."country" IN ('FR')
      THEN 3
      ELSE 0
    END AS "c4_1",
    "t0"."prediction" AS "c5_0",
    CASE
      WHEN "t0"."prediction" = 'no'
      THEN 1
      WHEN "t0"."prediction" = 'yes'
      THEN 2
      ELSE 0
    END AS "c5_1",
    CASE WHEN isNaN("t0"."score") THEN NULL ELSE "t0"."score" END AS "c6_0",
    CAST("t0"."timestamp" AS Nullable(DateTime)) AS "instant"
  FROM "predictions" AS "t0"
  WHERE
    "t0"."timestamp" >= parseDateTimeBestEffort('2026-01-01T00:00:00+00:00', 'UTC')
    AND "t0"."timestamp" < parseDateTimeBestEffort('2026-01-01T01:00:00+00:00', 'UTC')
    AND COALESCE("t0"."model", 'predictions') = 'fraud'
)
SELECT
  "version" AS "version",
  "hour" AS "hour",
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
    CASE WHEN "c2_0" > CAST(17.999999880790707 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s18",
  SUM(
    CASE WHEN "c2_0" > CAST(40.00000011920929 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s19",
  SUM(
    CASE WHEN "c2_0" > CAST(90.00000011920929 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s20",
  COUNT("c3_0") AS "s21",
  SUM(CASE WHEN "c3_0" > -1 THEN 1 ELSE 0 END) AS "s22",
  SUM(CASE WHEN "c3_0" > 3 THEN 1 ELSE 0 END) AS "s23",
  SUM(CASE WHEN "c3_0" > 12 THEN 1 ELSE 0 END) AS "s24",
  COUNT("c4_0") AS "s25",
  SUM(CASE WHEN "c4_1" = 1 THEN 1 ELSE 0 END) AS "s26",
  SUM(CASE WHEN "c4_1" = 2 THEN 1 ELSE 0 END) AS "s27",
  SUM(CASE WHEN "c4_1" > 2 THEN 1 ELSE 0 END) AS "s28",
  COUNT("c5_0") AS "s29",
  SUM(CASE WHEN "c5_1" = 1 THEN 1 ELSE 0 END) AS "s30",
  SUM(CASE WHEN "c5_1" = 2 THEN 1 ELSE 0 END) AS "s31",
  COUNT("c6_0") AS "s32",
  SUM(
    CASE
      WHEN "c6_0" > CAST(-1.8626451492309574e-09 AS Nullable(Float64))
      THEN 1
      ELSE 0
    END
  ) AS "s33",
  SUM(
    CASE WHEN "c6_0" > CAST(0.5000000018626451 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s34",
  SUM(
    CASE WHEN "c6_0" > CAST(1.0000000018626451 AS Nullable(Float64)) THEN 1 ELSE 0 END
  ) AS "s35"
FROM "incident_console_counted"
GROUP BY
  "version",
  "hour"

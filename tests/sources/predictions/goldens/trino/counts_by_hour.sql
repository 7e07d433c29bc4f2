SELECT
  "t1"."version",
  "t1"."hour",
  COUNT(*) AS "rows",
  MAX("t1"."timestamp") AS "newest",
  SUM(CAST("t1"."0_0" AS INTEGER)) AS "s0",
  COUNT("t1"."1_0") AS "s1",
  SUM(CAST("t1"."1_0" > CAST(0.0010000000002037268 AS DOUBLE) AS INTEGER)) AS "s2",
  SUM(CAST("t1"."1_0" > CAST(0.002500000000509317 AS DOUBLE) AS INTEGER)) AS "s3",
  SUM(CAST("t1"."1_0" > CAST(0.005000000000109139 AS DOUBLE) AS INTEGER)) AS "s4",
  SUM(CAST("t1"."1_0" > CAST(0.010000000000218279 AS DOUBLE) AS INTEGER)) AS "s5",
  SUM(CAST("t1"."1_0" > CAST(0.025000000000545697 AS DOUBLE) AS INTEGER)) AS "s6",
  SUM(CAST("t1"."1_0" > CAST(0.0500000000001819 AS DOUBLE) AS INTEGER)) AS "s7",
  SUM(CAST("t1"."1_0" > CAST(0.1000000000003638 AS DOUBLE) AS INTEGER)) AS "s8",
  SUM(CAST("t1"."1_0" > CAST(0.25 AS DOUBLE) AS INTEGER)) AS "s9",
  SUM(CAST("t1"."1_0" > CAST(0.5 AS DOUBLE) AS INTEGER)) AS "s10",
  SUM(CAST("t1"."1_0" > CAST(1.0 AS DOUBLE) AS INTEGER)) AS "s11",
  SUM(CAST("t1"."1_0" > CAST(2.5 AS DOUBLE) AS INTEGER)) AS "s12",
  SUM(CAST("t1"."1_0" > CAST(5.0 AS DOUBLE) AS INTEGER)) AS "s13",
  SUM(CAST("t1"."1_0" > CAST(10.0 AS DOUBLE) AS INTEGER)) AS "s14",
  SUM(CAST("t1"."1_0" > CAST(30.0 AS DOUBLE) AS INTEGER)) AS "s15",
  SUM(CAST("t1"."1_0" > CAST(60.0 AS DOUBLE) AS INTEGER)) AS "s16",
  COUNT("t1"."2_0") AS "s17",
  SUM(CAST("t1"."2_0" > CAST(17.99999976158142 AS DOUBLE) AS INTEGER)) AS "s18",
  SUM(CAST("t1"."2_0" > CAST(40.0 AS DOUBLE) AS INTEGER)) AS "s19",
  SUM(CAST("t1"."2_0" > CAST(90.0 AS DOUBLE) AS INTEGER)) AS "s20",
  COUNT("t1"."3_0") AS "s21",
  SUM(CAST("t1"."3_0" > -1 AS INTEGER)) AS "s22",
  SUM(CAST("t1"."3_0" > 3 AS INTEGER)) AS "s23",
  SUM(CAST("t1"."3_0" > 12 AS INTEGER)) AS "s24",
  COUNT("t1"."4_0") AS "s25",
  SUM(CAST("t1"."4_0" = 'DE' AS INTEGER)) AS "s26",
  SUM(CAST("t1"."4_0" = 'O''Brien' AS INTEGER)) AS "s27",
  SUM(CAST("t1"."4_0" IN ('FR') AS INTEGER)) AS "s28",
  COUNT("t1"."5_0") AS "s29",
  SUM(CAST("t1"."5_0" = 'no' AS INTEGER)) AS "s30",
  SUM(CAST("t1"."5_0" = 'yes' AS INTEGER)) AS "s31",
  COUNT("t1"."6_0") AS "s32",
  SUM(CAST("t1"."6_0" > CAST(-3.725290298461914E-9 AS DOUBLE) AS INTEGER)) AS "s33",
  SUM(CAST("t1"."6_0" > CAST(0.5 AS DOUBLE) AS INTEGER)) AS "s34",
  SUM(CAST("t1"."6_0" > CAST(1.0 AS DOUBLE) AS INTEGER)) AS "s35"
FROM (
  SELECT
    COALESCE("t0"."version", '') AS "version",
    DATE_TRUNC('HOUR', CAST("t0"."timestamp" AS TIMESTAMP)) AS "hour",
    COALESCE("t0"."error", FALSE) AS "0_0",
    IF(
      IS_NAN(CAST("t0"."latency_ms" AS DOUBLE) / 1000),
      NULL,
      CAST("t0"."latency_ms" AS DOUBLE) / 1000
    ) AS "1_0",
    IF(IS_NAN("t0"."age"), NULL, "t0"."age") AS "2_0",
    "t0"."visits" AS "3_0",
    "t0"."country" AS "4_0",
    "t0"."prediction" AS "5_0",
    IF(IS_NAN("t0"."score"), NULL, "t0"."score") AS "6_0",
    CAST("t0"."timestamp" AS TIMESTAMP) AS "timestamp"
  FROM "predictions" AS "t0"
  WHERE
    "t0"."timestamp" >= CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T00:00:00+00:00') AS TIMESTAMP WITH TIME ZONE)
    AND "t0"."timestamp" < CAST(FROM_ISO8601_TIMESTAMP('2026-01-01T01:00:00+00:00') AS TIMESTAMP WITH TIME ZONE)
    AND COALESCE("t0"."model", 'predictions') = 'fraud'
) AS "t1"
GROUP BY
  1,
  2

SELECT
  `t1`.`version`,
  `t1`.`hour`,
  COUNT(*) AS `rows`,
  MAX(`t1`.`timestamp`) AS `newest`,
  SUM(CAST(`t1`.`0_0` AS INT64)) AS `s0`,
  COUNT(`t1`.`1_0`) AS `s1`,
  SUM(CAST(`t1`.`1_0` > 0.0010000000002037268 AS INT64)) AS `s2`,
  SUM(CAST(`t1`.`1_0` > 0.002500000000509317 AS INT64)) AS `s3`,
  SUM(CAST(`t1`.`1_0` > 0.005000000000109139 AS INT64)) AS `s4`,
  SUM(CAST(`t1`.`1_0` > 0.010000000000218279 AS INT64)) AS `s5`,
  SUM(CAST(`t1`.`1_0` > 0.025000000000545697 AS INT64)) AS `s6`,
  SUM(CAST(`t1`.`1_0` > 0.0500000000001819 AS INT64)) AS `s7`,
  SUM(CAST(`t1`.`1_0` > 0.1000000000003638 AS INT64)) AS `s8`,
  SUM(CAST(`t1`.`1_0` > 0.25 AS INT64)) AS `s9`,
  SUM(CAST(`t1`.`1_0` > 0.5 AS INT64)) AS `s10`,
  SUM(CAST(`t1`.`1_0` > 1.0 AS INT64)) AS `s11`,
  SUM(CAST(`t1`.`1_0` > 2.5 AS INT64)) AS `s12`,
  SUM(CAST(`t1`.`1_0` > 5.0 AS INT64)) AS `s13`,
  SUM(CAST(`t1`.`1_0` > 10.0 AS INT64)) AS `s14`,
  SUM(CAST(`t1`.`1_0` > 30.0 AS INT64)) AS `s15`,
  SUM(CAST(`t1`.`1_0` > 60.0 AS INT64)) AS `s16`,
  COUNT(`t1`.`2_0`) AS `s17`,
  SUM(CAST(`t1`.`2_0` > 17.99999976158142 AS INT64)) AS `s18`,
  SUM(CAST(`t1`.`2_0` > 40.0 AS INT64)) AS `s19`,
  SUM(CAST(`t1`.`2_0` > 90.0 AS INT64)) AS `s20`,
  COUNT(`t1`.`3_0`) AS `s21`,
  SUM(CAST(`t1`.`3_0` > -1 AS INT64)) AS `s22`,
  SUM(CAST(`t1`.`3_0` > 3 AS INT64)) AS `s23`,
  SUM(CAST(`t1`.`3_0` > 12 AS INT64)) AS `s24`,
  COUNT(`t1`.`4_0`) AS `s25`,
  SUM(CAST(`t1`.`4_0` = 'DE' AS INT64)) AS `s26`,
  SUM(CAST(`t1`.`4_0` = 'O\'Brien' AS INT64)) AS `s27`,
  SUM(CAST(`t1`.`4_0` IN ('FR') AS INT64)) AS `s28`,
  COUNT(`t1`.`5_0`) AS `s29`,
  SUM(CAST(`t1`.`5_0` = 'no' AS INT64)) AS `s30`,
  SUM(CAST(`t1`.`5_0` = 'yes' AS INT64)) AS `s31`,
  COUNT(`t1`.`6_0`) AS `s32`,
  SUM(CAST(`t1`.`6_0` > -3.725290298461914E-9 AS INT64)) AS `s33`,
  SUM(CAST(`t1`.`6_0` > 0.5 AS INT64)) AS `s34`,
  SUM(CAST(`t1`.`6_0` > 1.0 AS INT64)) AS `s35`
FROM (
  SELECT
    COALESCE(`t0`.`version`, '') AS `version`,
    TIMESTAMP_TRUNC(CAST(`t0`.`timestamp` AS DATETIME), HOUR) AS `hour`,
    COALESCE(`t0`.`error`, FALSE) AS `0_0`,
    IF(
      IS_NAN(ieee_divide(`t0`.`latency_ms`, 1000)),
      NULL,
      ieee_divide(`t0`.`latency_ms`, 1000)
    ) AS `1_0`,
    IF(IS_NAN(`t0`.`age`), NULL, `t0`.`age`) AS `2_0`,
    `t0`.`visits` AS `3_0`,
    `t0`.`country` AS `4_0`,
    `t0`.`prediction` AS `5_0`,
    IF(IS_NAN(`t0`.`score`), NULL, `t0`.`score`) AS `6_0`,
    CAST(`t0`.`timestamp` AS DATETIME) AS `timestamp`
  FROM `predictions` AS `t0`
  WHERE
    `t0`.`timestamp` >= TIMESTAMP('2026-01-01T00:00:00+00:00')
    AND `t0`.`timestamp` < TIMESTAMP('2026-01-01T01:00:00+00:00')
    AND COALESCE(`t0`.`model`, 'predictions') = 'fraud'
) AS `t1`
GROUP BY
  1,
  2

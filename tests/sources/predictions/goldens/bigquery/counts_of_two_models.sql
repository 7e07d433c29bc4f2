WITH `incident_console_known_model_2` AS (
  SELECT
    SPLIT(`t5`.`line`, '\x1f') AS `fields`
  FROM (
    SELECT
      IF(pos = pos_2, `line`, NULL) AS `line`
    FROM (
      SELECT
        'fraud\x1fDE\x1f1\x1efraud\x1fO\'Brien\x1f2\x1efraud\x1fFR\x1f3\x1eit\'s\x1fDE\x1f1\x1eit\'s\x1fO\'Brien\x1f2' AS `text`
    ) AS `t1`
    CROSS JOIN UNNEST(GENERATE_ARRAY(0, GREATEST(ARRAY_LENGTH(SPLIT(`t1`.`text`, '\x1e'))) - 1)) AS pos
    CROSS JOIN UNNEST(SPLIT(`t1`.`text`, '\x1e')) AS `line` WITH OFFSET AS pos_2
    WHERE
      pos = pos_2
      OR (
        pos > (
          ARRAY_LENGTH(SPLIT(`t1`.`text`, '\x1e')) - 1
        )
        AND pos_2 = (
          ARRAY_LENGTH(SPLIT(`t1`.`text`, '\x1e')) - 1
        )
      )
  ) AS `t5`
), `incident_console_limits` AS (
  SELECT
    SPLIT(`t6`.`line`, '\x1f') AS `fields`
  FROM (
    SELECT
      IF(pos = pos_2, `line`, NULL) AS `line`
    FROM (
      SELECT
        'fraud\x1f0\x1f4194304.0\x1f17.999999880790707\x1f40.00000011920929\x1f90.00000011920929\x1f0.0\x1f33554432.0\x1f-1\x1f3\x1f12\x1eit\'s\x1f1\x1f4194304.0\x1f17.999999880790707\x1f30.00000011920929\x1f50.00000011920929\x1f90.00000011920929\x1f1.0\x1f0\x1f0\x1f0' AS `text`
    ) AS `t2`
    CROSS JOIN UNNEST(GENERATE_ARRAY(0, GREATEST(ARRAY_LENGTH(SPLIT(`t2`.`text`, '\x1e'))) - 1)) AS pos
    CROSS JOIN UNNEST(SPLIT(`t2`.`text`, '\x1e')) AS `line` WITH OFFSET AS pos_2
    WHERE
      pos = pos_2
      OR (
        pos > (
          ARRAY_LENGTH(SPLIT(`t2`.`text`, '\x1e')) - 1
        )
        AND pos_2 = (
          ARRAY_LENGTH(SPLIT(`t2`.`text`, '\x1e')) - 1
        )
      )
  ) AS `t6`
), `incident_console_counted` AS (
  SELECT
    `t14`.`model_number`,
    `t4`.`version`,
    TIMESTAMP_TRUNC(`t4`.`timestamp`, HOUR) AS `hour`,
    `t4`.`error` AS `c0_0`,
    IF(IS_NAN(`t4`.`latency`), NULL, `t4`.`latency`) AS `c1_0`,
    IF(IS_NAN(`t4`.`feature_age`), NULL, `t4`.`feature_age`) AS `c2_0`,
    `t14`.`limit_0_0` AS `c2_1`,
    `t14`.`limit_0_1` AS `c2_2`,
    `t14`.`limit_0_2` AS `c2_3`,
    `t14`.`limit_0_3` AS `c2_4`,
    `t4`.`feature_visits` AS `c3_0`,
    `t14`.`limit_1_0` AS `c3_1`,
    `t14`.`limit_1_1` AS `c3_2`,
    `t14`.`limit_1_2` AS `c3_3`,
    `t4`.`feature_country` AS `c4_0`,
    COALESCE(`t13`.`known_place_2`, 0) AS `c4_1`,
    `t4`.`timestamp` AS `instant`
  FROM (
    SELECT
      CAST(`t0`.`timestamp` AS DATETIME) AS `timestamp`,
      COALESCE(`t0`.`model`, 'predictions') AS `model`,
      COALESCE(`t0`.`version`, '') AS `version`,
      `t0`.`request_id` AS `id`,
      ieee_divide(`t0`.`latency_ms`, 1000) AS `latency`,
      COALESCE(`t0`.`error`, FALSE) AS `error`,
      `t0`.`age` AS `feature_age`,
      `t0`.`visits` AS `feature_visits`,
      `t0`.`country` AS `feature_country`
    FROM `predictions` AS `t0`
    WHERE
      `t0`.`timestamp` >= TIMESTAMP('2026-01-01T00:00:00+00:00')
      AND `t0`.`timestamp` < TIMESTAMP('2026-01-01T01:00:00+00:00')
  ) AS `t4`
  LEFT OUTER JOIN (
    SELECT
      CAST(`fields`[0] AS STRING) AS `known_model_2`,
      CAST(`fields`[1] AS STRING) AS `known_value_2`,
      CAST(`fields`[2] AS INT64) AS `known_place_2`
    FROM `incident_console_known_model_2`
  ) AS `t13`
    ON `t4`.`model` = `t13`.`known_model_2`
    AND `t4`.`feature_country` = `t13`.`known_value_2`
  INNER JOIN (
    SELECT
      CAST(`fields`[0] AS STRING) AS `model_name`,
      CAST(`fields`[1] AS INT64) AS `model_number`,
      CAST(`fields`[2] AS FLOAT64) AS `factor_0`,
      CAST(`fields`[3] AS FLOAT64) AS `limit_0_0`,
      CAST(`fields`[4] AS FLOAT64) AS `limit_0_1`,
      CAST(`fields`[5] AS FLOAT64) AS `limit_0_2`,
      CAST(`fields`[6] AS FLOAT64) AS `limit_0_3`,
      CAST(`fields`[7] AS FLOAT64) AS `factor_1`,
      CAST(`fields`[8] AS INT64) AS `limit_1_0`,
      CAST(`fields`[9] AS INT64) AS `limit_1_1`,
      CAST(`fields`[10] AS INT64) AS `limit_1_2`
    FROM `incident_console_limits`
  ) AS `t14`
    ON `t4`.`model` = `t14`.`model_name`
)
SELECT
  `model_number` AS `model_number`,
  `version` AS `version`,
  `hour` AS `hour`,
  COUNT(*) AS `rows`,
  MAX(`instant`) AS `newest`,
  SUM(CASE WHEN `c0_0` THEN 1 ELSE 0 END) AS `s0`,
  COUNT(`c1_0`) AS `s1`,
  SUM(CASE WHEN `c1_0` > CAST(0.0010000000006584742 AS FLOAT64) THEN 1 ELSE 0 END) AS `s2`,
  SUM(CASE WHEN `c1_0` > CAST(0.0025000000000545692 AS FLOAT64) THEN 1 ELSE 0 END) AS `s3`,
  SUM(CASE WHEN `c1_0` > CAST(0.005000000000563886 AS FLOAT64) THEN 1 ELSE 0 END) AS `s4`,
  SUM(CASE WHEN `c1_0` > CAST(0.010000000000673026 AS FLOAT64) THEN 1 ELSE 0 END) AS `s5`,
  SUM(CASE WHEN `c1_0` > CAST(0.02500000000009095 AS FLOAT64) THEN 1 ELSE 0 END) AS `s6`,
  SUM(CASE WHEN `c1_0` > CAST(0.05000000000063664 AS FLOAT64) THEN 1 ELSE 0 END) AS `s7`,
  SUM(CASE WHEN `c1_0` > CAST(0.10000000000081855 AS FLOAT64) THEN 1 ELSE 0 END) AS `s8`,
  SUM(CASE WHEN `c1_0` > CAST(0.25000000000045475 AS FLOAT64) THEN 1 ELSE 0 END) AS `s9`,
  SUM(CASE WHEN `c1_0` > CAST(0.5000000000004547 AS FLOAT64) THEN 1 ELSE 0 END) AS `s10`,
  SUM(CASE WHEN `c1_0` > CAST(1.0000000000004547 AS FLOAT64) THEN 1 ELSE 0 END) AS `s11`,
  SUM(CASE WHEN `c1_0` > CAST(2.5000000000004547 AS FLOAT64) THEN 1 ELSE 0 END) AS `s12`,
  SUM(CASE WHEN `c1_0` > CAST(5.000000000000455 AS FLOAT64) THEN 1 ELSE 0 END) AS `s13`,
  SUM(CASE WHEN `c1_0` > CAST(10.000000000000455 AS FLOAT64) THEN 1 ELSE 0 END) AS `s14`,
  SUM(CASE WHEN `c1_0` > CAST(30.000000000000455 AS FLOAT64) THEN 1 ELSE 0 END) AS `s15`,
  SUM(CASE WHEN `c1_0` > CAST(60.000000000000455 AS FLOAT64) THEN 1 ELSE 0 END) AS `s16`,
  COUNT(`c2_0`) AS `s17`,
  SUM(CASE WHEN `c2_0` > `c2_1` THEN 1 ELSE 0 END) AS `s18`,
  SUM(CASE WHEN `c2_0` > `c2_2` THEN 1 ELSE 0 END) AS `s19`,
  SUM(CASE WHEN `c2_0` > `c2_3` THEN 1 ELSE 0 END) AS `s20`,
  SUM(CASE WHEN `c2_0` > `c2_4` THEN 1 ELSE 0 END) AS `s21`,
  COUNT(`c3_0`) AS `s22`,
  SUM(CASE WHEN `c3_0` > `c3_1` THEN 1 ELSE 0 END) AS `s23`,
  SUM(CASE WHEN `c3_0` > `c3_2` THEN 1 ELSE 0 END) AS `s24`,
  SUM(CASE WHEN `c3_0` > `c3_3` THEN 1 ELSE 0 END) AS `s25`,
  COUNT(`c4_0`) AS `s26`,
  SUM(CASE WHEN `c4_1` = 1 THEN 1 ELSE 0 END) AS `s27`,
  SUM(CASE WHEN `c4_1` = 2 THEN 1 ELSE 0 END) AS `s28`,
  SUM(CASE WHEN `c4_1` > 2 THEN 1 ELSE 0 END) AS `s29`
FROM `incident_console_counted`
GROUP BY
  `model_number`,
  `version`,
  `hour`

SELECT
  COUNT(*) AS `rows`,
  APPROX_QUANTILES(
    IF(IS_NAN(`t1`.`feature_age`) OR IS_INF(`t1`.`feature_age`), NULL, `t1`.`feature_age`),
    10 IGNORE NULLS
  )[1] AS `0 decile 1`,
  APPROX_QUANTILES(
    IF(IS_NAN(`t1`.`feature_age`) OR IS_INF(`t1`.`feature_age`), NULL, `t1`.`feature_age`),
    5 IGNORE NULLS
  )[1] AS `0 decile 2`,
  APPROX_QUANTILES(
    IF(IS_NAN(`t1`.`feature_age`) OR IS_INF(`t1`.`feature_age`), NULL, `t1`.`feature_age`),
    10 IGNORE NULLS
  )[3] AS `0 decile 3`,
  APPROX_QUANTILES(
    IF(IS_NAN(`t1`.`feature_age`) OR IS_INF(`t1`.`feature_age`), NULL, `t1`.`feature_age`),
    5 IGNORE NULLS
  )[2] AS `0 decile 4`,
  APPROX_QUANTILES(
    IF(IS_NAN(`t1`.`feature_age`) OR IS_INF(`t1`.`feature_age`), NULL, `t1`.`feature_age`),
    2 IGNORE NULLS
  )[1] AS `0 decile 5`,
  APPROX_QUANTILES(
    IF(IS_NAN(`t1`.`feature_age`) OR IS_INF(`t1`.`feature_age`), NULL, `t1`.`feature_age`),
    5 IGNORE NULLS
  )[3] AS `0 decile 6`,
  APPROX_QUANTILES(
    IF(IS_NAN(`t1`.`feature_age`) OR IS_INF(`t1`.`feature_age`), NULL, `t1`.`feature_age`),
    10 IGNORE NULLS
  )[7] AS `0 decile 7`,
  APPROX_QUANTILES(
    IF(IS_NAN(`t1`.`feature_age`) OR IS_INF(`t1`.`feature_age`), NULL, `t1`.`feature_age`),
    5 IGNORE NULLS
  )[4] AS `0 decile 8`,
  APPROX_QUANTILES(
    IF(IS_NAN(`t1`.`feature_age`) OR IS_INF(`t1`.`feature_age`), NULL, `t1`.`feature_age`),
    10 IGNORE NULLS
  )[9] AS `0 decile 9`,
  APPROX_QUANTILES(CAST(`t1`.`feature_visits` AS FLOAT64), 10 IGNORE NULLS)[1] AS `1 decile 1`,
  APPROX_QUANTILES(CAST(`t1`.`feature_visits` AS FLOAT64), 5 IGNORE NULLS)[1] AS `1 decile 2`,
  APPROX_QUANTILES(CAST(`t1`.`feature_visits` AS FLOAT64), 10 IGNORE NULLS)[3] AS `1 decile 3`,
  APPROX_QUANTILES(CAST(`t1`.`feature_visits` AS FLOAT64), 5 IGNORE NULLS)[2] AS `1 decile 4`,
  APPROX_QUANTILES(CAST(`t1`.`feature_visits` AS FLOAT64), 2 IGNORE NULLS)[1] AS `1 decile 5`,
  APPROX_QUANTILES(CAST(`t1`.`feature_visits` AS FLOAT64), 5 IGNORE NULLS)[3] AS `1 decile 6`,
  APPROX_QUANTILES(CAST(`t1`.`feature_visits` AS FLOAT64), 10 IGNORE NULLS)[7] AS `1 decile 7`,
  APPROX_QUANTILES(CAST(`t1`.`feature_visits` AS FLOAT64), 5 IGNORE NULLS)[4] AS `1 decile 8`,
  APPROX_QUANTILES(CAST(`t1`.`feature_visits` AS FLOAT64), 10 IGNORE NULLS)[9] AS `1 decile 9`
FROM (
  SELECT
    CAST(`t0`.`timestamp` AS DATETIME) AS `timestamp`,
    COALESCE(`t0`.`model`, 'predictions') AS `model`,
    COALESCE(`t0`.`version`, '') AS `version`,
    `t0`.`request_id` AS `id`,
    `t0`.`age` AS `feature_age`,
    `t0`.`visits` AS `feature_visits`
  FROM `predictions` AS `t0`
  WHERE
    `t0`.`timestamp` >= TIMESTAMP('2026-01-01T00:00:00+00:00')
    AND `t0`.`timestamp` < TIMESTAMP('2026-01-01T01:00:00+00:00')
    AND COALESCE(`t0`.`model`, 'predictions') = 'it\'s'
) AS `t1`;


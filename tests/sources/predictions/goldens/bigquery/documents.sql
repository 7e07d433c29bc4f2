SELECT
  IF(LENGTH(`t1`.`prediction`) <= 200000, `t1`.`prediction`, CAST(NULL AS STRING)) AS `nested 0`,
  IF(
    LENGTH(TO_JSON_STRING(`t1`.`request`)) <= 200000,
    TO_JSON_STRING(`t1`.`request`),
    CAST(NULL AS STRING)
  ) AS `nested 1`,
  IF(LENGTH(`t1`.`inputs`) <= 200000, `t1`.`inputs`, CAST(NULL AS STRING)) AS `nested 2`,
  IF(
    LENGTH(`t1`.`payload`[safe_offset(0)]) <= 200000,
    `t1`.`payload`[safe_offset(0)],
    CAST(NULL AS STRING)
  ) AS `nested 3`
FROM (
  SELECT
    *
  FROM `predictions` AS `t0`
  LIMIT 200
) AS `t1`;

SELECT
  CAST(`t1`.`timestamp` AS DATETIME) AS `timestamp`,
  'predictions' AS `model`,
  '' AS `version`,
  SAFE_CAST(JSON_EXTRACT_SCALAR(`t1`.`request`, '$.instances[0].age') AS FLOAT64) AS `feature_age`,
  JSON_EXTRACT_SCALAR(`t1`.`request`, '$.instances[0][\'it\\\'s\']') AS `feature_it's`,
  CASE CASE JSON_EXTRACT_SCALAR(`t1`.`request`, '$.instances[0].vip')
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
  END AS `feature_vip`
FROM (
  SELECT
    *
  FROM `predictions` AS `t0`
  WHERE
    `t0`.`timestamp` >= TIMESTAMP('2026-01-01T00:00:00+00:00')
    AND `t0`.`timestamp` < TIMESTAMP('2026-01-01T01:00:00+00:00')
) AS `t1`;


SELECT
  "t6"."model" AS "model",
  "t6"."version" AS "version",
  "t6"."hour" AS "hour",
  "t6"."labelled" AS "labelled",
  "t6"."predicted" AS "predicted",
  "t6"."actual" AS "actual",
  "t6"."bin" AS "bin",
  COUNT(*) AS "rows",
  SUM("t6"."summed.score") AS "score",
  SUM("t6"."summed.squared") AS "squared",
  SUM("t6"."summed.fourth") AS "fourth",
  SUM("t6"."summed.loss") AS "loss",
  SUM("t6"."summed.loss_squared") AS "loss_squared",
  SUM("t6"."within_60") AS "within_60",
  SUM("t6"."within_300") AS "within_300",
  SUM("t6"."within_900") AS "within_900",
  SUM("t6"."within_3600") AS "within_3600",
  SUM("t6"."within_10800") AS "within_10800",
  SUM("t6"."within_21600") AS "within_21600",
  SUM("t6"."within_43200") AS "within_43200",
  SUM("t6"."within_86400") AS "within_86400",
  SUM("t6"."within_172800") AS "within_172800",
  SUM("t6"."within_345600") AS "within_345600",
  SUM("t6"."within_604800") AS "within_604800"
FROM (
  SELECT
    "t5"."timestamp" AS "timestamp",
    "t5"."model" AS "model",
    "t5"."version" AS "version",
    "t5"."label" AS "label",
    "t5"."label_time" AS "label_time",
    "t5"."prediction" AS "prediction",
    "t5"."score" AS "score",
    "t5"."hour" AS "hour",
    "t5"."labelled" AS "labelled",
    "t5"."within_60" AS "within_60",
    "t5"."within_300" AS "within_300",
    "t5"."within_900" AS "within_900",
    "t5"."within_3600" AS "within_3600",
    "t5"."within_10800" AS "within_10800",
    "t5"."within_21600" AS "within_21600",
    "t5"."within_43200" AS "within_43200",
    "t5"."within_86400" AS "within_86400",
    "t5"."within_172800" AS "within_172800",
    "t5"."within_345600" AS "within_345600",
    "t5"."within_604800" AS "within_604800",
    "t5"."outcome.score" AS "outcome.score",
    "t5"."outcome.predicted" AS "outcome.predicted",
    "t5"."predicted" AS "predicted",
    "t5"."outcome.actual" AS "outcome.actual",
    "t5"."actual" AS "actual",
    "t5"."outcome.of_label" AS "outcome.of_label",
    "t5"."outcome.brier" AS "outcome.brier",
    "t5"."bin" AS "bin",
    "t5"."summed.score" AS "summed.score",
    "t5"."summed.loss" AS "summed.loss",
    "t5"."outcome.brier" AS "summed.squared",
    "t5"."outcome.brier" * "t5"."outcome.brier" AS "summed.fourth",
    "t5"."summed.loss" * "t5"."summed.loss" AS "summed.loss_squared"
  FROM (
    SELECT
      "t4"."timestamp" AS "timestamp",
      "t4"."model" AS "model",
      "t4"."version" AS "version",
      "t4"."label" AS "label",
      "t4"."label_time" AS "label_time",
      "t4"."prediction" AS "prediction",
      "t4"."score" AS "score",
      "t4"."hour" AS "hour",
      "t4"."labelled" AS "labelled",
      "t4"."within_60" AS "within_60",
      "t4"."within_300" AS "within_300",
      "t4"."within_900" AS "within_900",
      "t4"."within_3600" AS "within_3600",
      "t4"."within_10800" AS "within_10800",
      "t4"."within_21600" AS "within_21600",
      "t4"."within_43200" AS "within_43200",
      "t4"."within_86400" AS "within_86400",
      "t4"."within_172800" AS "within_172800",
      "t4"."within_345600" AS "within_345600",
      "t4"."within_604800" AS "within_604800",
      "t4"."outcome.score" AS "outcome.score",
      "t4"."outcome.predicted" AS "outcome.predicted",
      "t4"."predicted" AS "predicted",
      "t4"."outcome.actual" AS "outcome.actual",
      "t4"."actual" AS "actual",
      CASE
        WHEN isNotNull("t4"."outcome.score") AND isNotNull("t4"."outcome.of_label")
        THEN GREATEST("t4"."outcome.of_label", 1e-15)
        ELSE 1.0
      END AS "outcome.of_label",
      CASE
        WHEN isNotNull("t4"."outcome.score") AND isNotNull("t4"."outcome.of_label")
        THEN CASE
          WHEN ABS(
            CASE
              WHEN ABS(1.0 - "t4"."outcome.of_label") >= 1e-75
              THEN 1.0 - "t4"."outcome.of_label"
              ELSE 0.0
            END * CASE
              WHEN ABS(1.0 - "t4"."outcome.of_label") >= 1e-75
              THEN 1.0 - "t4"."outcome.of_label"
              ELSE 0.0
            END
          ) >= 1e-75
          THEN CASE
            WHEN ABS(1.0 - "t4"."outcome.of_label") >= 1e-75
            THEN 1.0 - "t4"."outcome.of_label"
            ELSE 0.0
          END * CASE
            WHEN ABS(1.0 - "t4"."outcome.of_label") >= 1e-75
            THEN 1.0 - "t4"."outcome.of_label"
            ELSE 0.0
          END
          ELSE 0.0
        END
        ELSE 0.0
      END AS "outcome.brier",
      CASE
        WHEN isNull("t4"."outcome.score")
        THEN -1
        ELSE CASE
          WHEN "t4"."outcome.score" < 0.2
          THEN CASE
            WHEN "t4"."outcome.score" < 0.0005
            THEN GREATEST(0, LEAST(19, CAST(FLOOR("t4"."outcome.score" * 40000.0) AS Nullable(Int64))))
            WHEN "t4"."outcome.score" < 0.01
            THEN GREATEST(1, LEAST(19, CAST(FLOOR("t4"."outcome.score" * 2000.0) AS Nullable(Int64)))) + 19
            ELSE GREATEST(4, LEAST(79, CAST(FLOOR("t4"."outcome.score" * 400.0) AS Nullable(Int64)))) + 35
          END
          WHEN (
            1.0 - "t4"."outcome.score"
          ) < 0.2
          THEN 289 - CASE
            WHEN (
              1.0 - "t4"."outcome.score"
            ) < 0.0005
            THEN GREATEST(
              0,
              LEAST(19, CAST(FLOOR((
                1.0 - "t4"."outcome.score"
              ) * 40000.0) AS Nullable(Int64)))
            )
            WHEN (
              1.0 - "t4"."outcome.score"
            ) < 0.01
            THEN GREATEST(
              1,
              LEAST(19, CAST(FLOOR((
                1.0 - "t4"."outcome.score"
              ) * 2000.0) AS Nullable(Int64)))
            ) + 19
            ELSE GREATEST(
              4,
              LEAST(79, CAST(FLOOR((
                1.0 - "t4"."outcome.score"
              ) * 400.0) AS Nullable(Int64)))
            ) + 35
          END
          ELSE GREATEST(20, LEAST(79, CAST(FLOOR("t4"."outcome.score" * 100.0) AS Nullable(Int64)))) + 95
        END
      END AS "bin",
      COALESCE("t4"."outcome.score", 0.0) AS "summed.score",
      -(
        LN(
          CASE
            WHEN isNotNull("t4"."outcome.score") AND isNotNull("t4"."outcome.of_label")
            THEN GREATEST("t4"."outcome.of_label", 1e-15)
            ELSE 1.0
          END
        )
      ) AS "summed.loss"
    FROM (
      SELECT
        "t3"."timestamp" AS "timestamp",
        "t3"."model" AS "model",
        "t3"."version" AS "version",
        "t3"."label" AS "label",
        "t3"."label_time" AS "label_time",
        "t3"."prediction" AS "prediction",
        "t3"."score" AS "score",
        "t3"."hour" AS "hour",
        "t3"."labelled" AS "labelled",
        "t3"."within_60" AS "within_60",
        "t3"."within_300" AS "within_300",
        "t3"."within_900" AS "within_900",
        "t3"."within_3600" AS "within_3600",
        "t3"."within_10800" AS "within_10800",
        "t3"."within_21600" AS "within_21600",
        "t3"."within_43200" AS "within_43200",
        "t3"."within_86400" AS "within_86400",
        "t3"."within_172800" AS "within_172800",
        "t3"."within_345600" AS "within_345600",
        "t3"."within_604800" AS "within_604800",
        "t3"."outcome.score" AS "outcome.score",
        "t3"."outcome.predicted" AS "outcome.predicted",
        "t3"."predicted" AS "predicted",
        "t3"."outcome.actual" AS "outcome.actual",
        "t3"."actual" AS "actual",
        CASE
          WHEN "t3"."actual" = 'yes'
          THEN "t3"."outcome.score"
          WHEN "t3"."actual" = 'no'
          THEN 1.0 - "t3"."outcome.score"
          ELSE CAST(NULL AS Nullable(Float64))
        END AS "outcome.of_label"
      FROM (
        SELECT
          "t2"."timestamp" AS "timestamp",
          "t2"."model" AS "model",
          "t2"."version" AS "version",
          "t2"."label" AS "label",
          "t2"."label_time" AS "label_time",
          "t2"."prediction" AS "prediction",
          "t2"."score" AS "score",
          "t2"."hour" AS "hour",
          "t2"."labelled" AS "labelled",
          CASE
            WHEN (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= (
                "t2"."timestamp" + INTERVAL '60' SECOND
              )
            )
            THEN 1
            ELSE 0
          END AS "within_60",
          CASE
            WHEN (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= (
                "t2"."timestamp" + INTERVAL '300' SECOND
              )
            )
            THEN 1
            ELSE 0
          END AS "within_300",
          CASE
            WHEN (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= (
                "t2"."timestamp" + INTERVAL '900' SECOND
              )
            )
            THEN 1
            ELSE 0
          END AS "within_900",
          CASE
            WHEN (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= (
                "t2"."timestamp" + INTERVAL '3600' SECOND
              )
            )
            THEN 1
            ELSE 0
          END AS "within_3600",
          CASE
            WHEN (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= (
                "t2"."timestamp" + INTERVAL '10800' SECOND
              )
            )
            THEN 1
            ELSE 0
          END AS "within_10800",
          CASE
            WHEN (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= (
                "t2"."timestamp" + INTERVAL '21600' SECOND
              )
            )
            THEN 1
            ELSE 0
          END AS "within_21600",
          CASE
            WHEN (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= (
                "t2"."timestamp" + INTERVAL '43200' SECOND
              )
            )
            THEN 1
            ELSE 0
          END AS "within_43200",
          CASE
            WHEN (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= (
                "t2"."timestamp" + INTERVAL '86400' SECOND
              )
            )
            THEN 1
            ELSE 0
          END AS "within_86400",
          CASE
            WHEN (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= (
                "t2"."timestamp" + INTERVAL '172800' SECOND
              )
            )
            THEN 1
            ELSE 0
          END AS "within_172800",
          CASE
            WHEN (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= (
                "t2"."timestamp" + INTERVAL '345600' SECOND
              )
            )
            THEN 1
            ELSE 0
          END AS "within_345600",
          CASE
            WHEN (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= (
                "t2"."timestamp" + INTERVAL '604800' SECOND
              )
            )
            THEN 1
            ELSE 0
          END AS "within_604800",
          CASE
            WHEN isNotNull("t2"."score")
            AND NOT (
              isNaN("t2"."score")
            )
            AND "t2"."score" BETWEEN 0.0 AND 1.0
            THEN "t2"."score"
            ELSE CAST(NULL AS Nullable(Float64))
          END AS "outcome.score",
          "t2"."prediction" AS "outcome.predicted",
          "t2"."prediction" AS "predicted",
          "t2"."label" AS "outcome.actual",
          CASE
            WHEN "t2"."labelled" = 1
            THEN "t2"."label"
            ELSE CAST(NULL AS Nullable(String))
          END AS "actual"
        FROM (
          SELECT
            "t1"."timestamp" AS "timestamp",
            "t1"."model" AS "model",
            "t1"."version" AS "version",
            "t1"."label" AS "label",
            "t1"."label_time" AS "label_time",
            "t1"."prediction" AS "prediction",
            "t1"."score" AS "score",
            "t1"."hour" AS "hour",
            CASE
              WHEN isNotNull("t1"."label")
              AND (
                isNull("t1"."label_time")
                OR (
                  "t1"."label_time" <= parseDateTimeBestEffort('2026-01-01T02:00:00')
                )
              )
              THEN 1
              ELSE 0
            END AS "labelled"
          FROM (
            SELECT
              CAST("t0"."timestamp" AS Nullable(DateTime)) AS "timestamp",
              COALESCE("t0"."model", 'predictions') AS "model",
              COALESCE("t0"."version", '') AS "version",
              CASE
                WHEN isNull(CAST("t0"."label_time" AS Nullable(DateTime)))
                OR (
                  CAST("t0"."label_time" AS Nullable(DateTime)) <= parseDateTimeBestEffort('2026-01-01T02:00:00')
                )
                THEN "t0"."label"
                ELSE CAST(NULL AS Nullable(String))
              END AS "label",
              CASE
                WHEN isNull(CAST("t0"."label_time" AS Nullable(DateTime)))
                OR (
                  CAST("t0"."label_time" AS Nullable(DateTime)) <= parseDateTimeBestEffort('2026-01-01T02:00:00')
                )
                THEN CAST("t0"."label_time" AS Nullable(DateTime))
                ELSE CAST(NULL AS Nullable(DateTime))
              END AS "label_time",
              "t0"."prediction" AS "prediction",
              "t0"."score" AS "score",
              dateTrunc('HOUR', CAST("t0"."timestamp" AS Nullable(DateTime))) AS "hour"
            FROM "predictions" AS "t0"
            WHERE
              "t0"."timestamp" >= parseDateTimeBestEffort('2026-01-01T00:00:00+00:00', 'UTC')
              AND "t0"."timestamp" < parseDateTimeBestEffort('2026-01-01T01:00:00+00:00', 'UTC')
              AND COALESCE("t0"."model", 'predictions') IN ('it''s')
          ) AS "t1"
        ) AS "t2"
      ) AS "t3"
    ) AS "t4"
  ) AS "t5"
) AS "t6"
GROUP BY
  "t6"."model",
  "t6"."version",
  "t6"."hour",
  "t6"."labelled",
  "t6"."predicted",
  "t6"."actual",
  "t6"."bin"

SELECT
  "t6"."model",
  "t6"."version",
  "t6"."hour",
  "t6"."labelled",
  "t6"."predicted",
  "t6"."actual",
  "t6"."bin",
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
    "t5"."timestamp",
    "t5"."model",
    "t5"."version",
    "t5"."label",
    "t5"."label_time",
    "t5"."prediction",
    "t5"."score",
    "t5"."hour",
    "t5"."labelled",
    "t5"."within_60",
    "t5"."within_300",
    "t5"."within_900",
    "t5"."within_3600",
    "t5"."within_10800",
    "t5"."within_21600",
    "t5"."within_43200",
    "t5"."within_86400",
    "t5"."within_172800",
    "t5"."within_345600",
    "t5"."within_604800",
    "t5"."outcome.score",
    "t5"."outcome.predicted",
    "t5"."predicted",
    "t5"."outcome.actual",
    "t5"."actual",
    "t5"."outcome.of_label",
    "t5"."outcome.brier",
    "t5"."bin",
    "t5"."summed.score",
    "t5"."summed.loss",
    "t5"."outcome.brier" AS "summed.squared",
    "t5"."outcome.brier" * "t5"."outcome.brier" AS "summed.fourth",
    "t5"."summed.loss" * "t5"."summed.loss" AS "summed.loss_squared"
  FROM (
    SELECT
      "t4"."timestamp",
      "t4"."model",
      "t4"."version",
      "t4"."label",
      "t4"."label_time",
      "t4"."prediction",
      "t4"."score",
      "t4"."hour",
      "t4"."labelled",
      "t4"."within_60",
      "t4"."within_300",
      "t4"."within_900",
      "t4"."within_3600",
      "t4"."within_10800",
      "t4"."within_21600",
      "t4"."within_43200",
      "t4"."within_86400",
      "t4"."within_172800",
      "t4"."within_345600",
      "t4"."within_604800",
      "t4"."outcome.score",
      "t4"."outcome.predicted",
      "t4"."predicted",
      "t4"."outcome.actual",
      "t4"."actual",
      IFF(
        (
          "t4"."outcome.score" IS NOT NULL
        )
        AND (
          "t4"."outcome.of_label" IS NOT NULL
        ),
        GREATEST("t4"."outcome.of_label", 1e-15),
        1.0
      ) AS "outcome.of_label",
      IFF(
        (
          "t4"."outcome.score" IS NOT NULL
        )
        AND (
          "t4"."outcome.of_label" IS NOT NULL
        ),
        IFF(
          ABS(
            IFF(ABS(1.0 - "t4"."outcome.of_label") >= 1e-75, 1.0 - "t4"."outcome.of_label", 0.0) * IFF(ABS(1.0 - "t4"."outcome.of_label") >= 1e-75, 1.0 - "t4"."outcome.of_label", 0.0)
          ) >= 1e-75,
          IFF(ABS(1.0 - "t4"."outcome.of_label") >= 1e-75, 1.0 - "t4"."outcome.of_label", 0.0) * IFF(ABS(1.0 - "t4"."outcome.of_label") >= 1e-75, 1.0 - "t4"."outcome.of_label", 0.0),
          0.0
        ),
        0.0
      ) AS "outcome.brier",
      IFF(
        "t4"."outcome.score" IS NULL,
        -1,
        CASE
          WHEN "t4"."outcome.score" < 0.2
          THEN CASE
            WHEN "t4"."outcome.score" < 0.0005
            THEN GREATEST(0, LEAST(19, CAST(FLOOR("t4"."outcome.score" * 40000.0) AS BIGINT)))
            WHEN "t4"."outcome.score" < 0.01
            THEN GREATEST(1, LEAST(19, CAST(FLOOR("t4"."outcome.score" * 2000.0) AS BIGINT))) + 19
            ELSE GREATEST(4, LEAST(79, CAST(FLOOR("t4"."outcome.score" * 400.0) AS BIGINT))) + 35
          END
          WHEN (
            1.0 - "t4"."outcome.score"
          ) < 0.2
          THEN 289 - CASE
            WHEN (
              1.0 - "t4"."outcome.score"
            ) < 0.0005
            THEN GREATEST(0, LEAST(19, CAST(FLOOR((
              1.0 - "t4"."outcome.score"
            ) * 40000.0) AS BIGINT)))
            WHEN (
              1.0 - "t4"."outcome.score"
            ) < 0.01
            THEN GREATEST(1, LEAST(19, CAST(FLOOR((
              1.0 - "t4"."outcome.score"
            ) * 2000.0) AS BIGINT))) + 19
            ELSE GREATEST(4, LEAST(79, CAST(FLOOR((
              1.0 - "t4"."outcome.score"
            ) * 400.0) AS BIGINT))) + 35
          END
          ELSE GREATEST(20, LEAST(79, CAST(FLOOR("t4"."outcome.score" * 100.0) AS BIGINT))) + 95
        END
      ) AS "bin",
      COALESCE("t4"."outcome.score", 0.0) AS "summed.score",
      -(
        LN(
          IFF(
            (
              "t4"."outcome.score" IS NOT NULL
            )
            AND (
              "t4"."outcome.of_label" IS NOT NULL
            ),
            GREATEST("t4"."outcome.of_label", 1e-15),
            1.0
          )
        )
      ) AS "summed.loss"
    FROM (
      SELECT
        "t3"."timestamp",
        "t3"."model",
        "t3"."version",
        "t3"."label",
        "t3"."label_time",
        "t3"."prediction",
        "t3"."score",
        "t3"."hour",
        "t3"."labelled",
        "t3"."within_60",
        "t3"."within_300",
        "t3"."within_900",
        "t3"."within_3600",
        "t3"."within_10800",
        "t3"."within_21600",
        "t3"."within_43200",
        "t3"."within_86400",
        "t3"."within_172800",
        "t3"."within_345600",
        "t3"."within_604800",
        "t3"."outcome.score",
        "t3"."outcome.predicted",
        "t3"."predicted",
        "t3"."outcome.actual",
        "t3"."actual",
        CASE
          WHEN "t3"."actual" = 'yes'
          THEN "t3"."outcome.score"
          WHEN "t3"."actual" = 'no'
          THEN 1.0 - "t3"."outcome.score"
          ELSE CAST(NULL AS DOUBLE)
        END AS "outcome.of_label"
      FROM (
        SELECT
          "t2"."timestamp",
          "t2"."model",
          "t2"."version",
          "t2"."label",
          "t2"."label_time",
          "t2"."prediction",
          "t2"."score",
          "t2"."hour",
          "t2"."labelled",
          IFF(
            (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= DATEADD(SECOND, '60', "t2"."timestamp")
            ),
            1,
            0
          ) AS "within_60",
          IFF(
            (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= DATEADD(SECOND, '300', "t2"."timestamp")
            ),
            1,
            0
          ) AS "within_300",
          IFF(
            (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= DATEADD(SECOND, '900', "t2"."timestamp")
            ),
            1,
            0
          ) AS "within_900",
          IFF(
            (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= DATEADD(SECOND, '3600', "t2"."timestamp")
            ),
            1,
            0
          ) AS "within_3600",
          IFF(
            (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= DATEADD(SECOND, '10800', "t2"."timestamp")
            ),
            1,
            0
          ) AS "within_10800",
          IFF(
            (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= DATEADD(SECOND, '21600', "t2"."timestamp")
            ),
            1,
            0
          ) AS "within_21600",
          IFF(
            (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= DATEADD(SECOND, '43200', "t2"."timestamp")
            ),
            1,
            0
          ) AS "within_43200",
          IFF(
            (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= DATEADD(SECOND, '86400', "t2"."timestamp")
            ),
            1,
            0
          ) AS "within_86400",
          IFF(
            (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= DATEADD(SECOND, '172800', "t2"."timestamp")
            ),
            1,
            0
          ) AS "within_172800",
          IFF(
            (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= DATEADD(SECOND, '345600', "t2"."timestamp")
            ),
            1,
            0
          ) AS "within_345600",
          IFF(
            (
              "t2"."labelled" = 1
            )
            AND (
              "t2"."label_time" <= DATEADD(SECOND, '604800', "t2"."timestamp")
            ),
            1,
            0
          ) AS "within_604800",
          IFF(
            (
              "t2"."score" IS NOT NULL
            )
            AND NOT (
              "t2"."score" = CAST('NaN' AS DOUBLE)
            )
            AND "t2"."score" BETWEEN 0.0 AND 1.0,
            "t2"."score",
            CAST(NULL AS DOUBLE)
          ) AS "outcome.score",
          "t2"."prediction" AS "outcome.predicted",
          "t2"."prediction" AS "predicted",
          "t2"."label" AS "outcome.actual",
          IFF("t2"."labelled" = 1, "t2"."label", CAST(NULL AS VARCHAR)) AS "actual"
        FROM (
          SELECT
            "t1"."timestamp",
            "t1"."model",
            "t1"."version",
            "t1"."label",
            "t1"."label_time",
            "t1"."prediction",
            "t1"."score",
            "t1"."hour",
            IFF(
              (
                "t1"."label" IS NOT NULL
              )
              AND (
                (
                  "t1"."label_time" IS NULL
                )
                OR (
                  "t1"."label_time" <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 2, 0, 0, 0)
                )
              ),
              1,
              0
            ) AS "labelled"
          FROM (
            SELECT
              CAST("t0"."timestamp" AS TIMESTAMP) AS "timestamp",
              COALESCE("t0"."model", 'predictions') AS "model",
              COALESCE("t0"."version", '') AS "version",
              IFF(
                (
                  CAST("t0"."label_time" AS TIMESTAMP) IS NULL
                )
                OR (
                  CAST("t0"."label_time" AS TIMESTAMP) <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 2, 0, 0, 0)
                ),
                "t0"."label",
                CAST(NULL AS VARCHAR)
              ) AS "label",
              IFF(
                (
                  CAST("t0"."label_time" AS TIMESTAMP) IS NULL
                )
                OR (
                  CAST("t0"."label_time" AS TIMESTAMP) <= TIMESTAMP_FROM_PARTS(2026, 1, 1, 2, 0, 0, 0)
                ),
                CAST("t0"."label_time" AS TIMESTAMP),
                CAST(NULL AS TIMESTAMP)
              ) AS "label_time",
              "t0"."prediction",
              "t0"."score",
              DATE_TRUNC('HOUR', CAST("t0"."timestamp" AS TIMESTAMP)) AS "hour"
            FROM "predictions" AS "t0"
            WHERE
              "t0"."timestamp" >= TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 0, 0, 0, 0, 'UTC')
              AND "t0"."timestamp" < TIMESTAMP_TZ_FROM_PARTS(2026, 1, 1, 1, 0, 0, 0, 'UTC')
              AND COALESCE("t0"."model", 'predictions') IN ('it\'s')
          ) AS "t1"
        ) AS "t2"
      ) AS "t3"
    ) AS "t4"
  ) AS "t5"
) AS "t6"
GROUP BY
  1,
  2,
  3,
  4,
  5,
  6,
  7

"""The published test vectors of METHODS, answered by the project's own models and macros.

One dbt run over a copy of the project: the models of outcomes and release are the real ones, what
lies before them is a stand-in made from the vectors. A percentage becomes records, a count of
events becomes children beside a population, and a coded item becomes an evidence signal.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.settings import PROJECT
from orchestration.yaml_files import read_yaml
from tests.method_vectors import (
    VECTORS,
    agrees,
    build_project,
    case_id,
    copy_project,
    each_of,
    needs_vectors,
    number,
    one,
    rows_of,
)

pytestmark = needs_vectors

AUTHORITY, YEAR = "999", "2024-25"
# Read a year after the period ends, as the released figures are.
AS_AT = "2026-03-31"
MODELS = {
    "marts/outcomes": (
        "indicator_values",
        "figure_disclosure",
        "disclosure_cells",
        "_frozen",
        "release_differences",
        "cells_to_protect",
        "withheld_cells",
        "evidence_signals",
        "evidence_directions",
        "own_change_directions",
        "evidence_items",
        "kind_readings",
        "triangulated_outcomes",
        "questions",
    ),
    "intermediate/headlines": ("int_headline_choices",),
    "marts/release": (
        "evidence_releasability",
        "released_indicator_values",
        "released_evidence_items",
        "released_triangulated_outcomes",
        "released_questions",
    ),
}
DATA_TYPES = {
    "COHORT": "cohort_snapshot",
    "PROGRESS": "individual_progress",
    "ORG": "organisation_workforce_practice",
    "VIEWS": "user_views",
}
KINDS = {"cohort": "COHORT", "progress": "PROGRESS", "organisation": "ORG", "views": "VIEWS"}

# An item that reads so, whose level is not known unless it must be, and one that is so strong.
DIRECTION_AND_LEVEL = {
    "FAV": ("IMP", "UNK"),
    "UNF": ("DET", "UNK"),
    "NEU": ("STA", "UNK"),
    "MIX": ("IMP", "WOR"),
    "NIL": ("UNK", "UNK"),
}
N_COVERAGE_AND_GRADE = {
    "STRONG": (100, 1.0, "A"),
    "MODERATE": (100, 1.0, "C"),
    "WEAK": (10, 0.4, "C"),
    "NONE": (9, 1.0, "A"),
}

RECORD_COLUMNS = """
    indicator_id varchar, indicator_version integer, subject_type varchar, subject_key varchar,
    event_key varchar, local_authority_code varchar, cohort_code varchar, period_id varchar,
    period_type varchar, period_start date, period_end date, as_at_date date,
    denominator_flag integer, numerator_flag integer, value double, exposure double,
    change_on_baseline integer,
    weight double, exclusion_code varchar, missing_code varchar, event_date date,
    child_id varchar, worker_id varchar, team_id varchar, service_id varchar,
    provider_id varchar, sex varchar, age_band varchar, ethnic_group varchar,
    referral_source_group varchar, deprivation_quintile varchar, zone_code varchar,
    disability varchar, unaccompanied_asylum_seeker varchar, primary_need_code varchar,
    legal_status_code varchar, placement_type_code varchar, placement_provider_code varchar,
    programme_code varchar, delivery_model_code varchar,
    source_id varchar, dq_grade varchar, evidence varchar, _file_sha256 varchar, _row_number bigint
"""
SIGNAL_COLUMNS = """
    outcome_id varchar, local_authority_code varchar, period_id varchar, indicator_id varchar,
    data_type varchar, item_order integer, pair_code varchar, value double, n bigint,
    symbol varchar, direction varchar, level varchar, band_code varchar,
    is_context_only boolean, coverage double, age_months integer, cycle_months double,
    dq_grade varchar, source_id varchar, as_at_date date
"""
# The answers of each case under their weights: a list of people:answers:yes, a cell each.
WEIGHTED = """
    with cells as (
        select
            case_id,
            string_split(unnest(string_split(strata_N_n_y, '|')), ':') as cell
        from VECTORS
    ),

    counted as (
        select
            case_id,
            cast(cell[1] as integer) as cell_people,
            cast(cell[2] as integer) as cell_answers,
            cast(cell[3] as integer) as cell_yes,
            sum(cast(cell[1] as integer)) over (partition by case_id) as people,
            sum(cast(cell[2] as integer)) over (partition by case_id) as answers
        from cells
    ),

    weighted as (
        select
            *,
            {{ poststratification_weight(
                'cell_people', 'cell_answers', 'people', 'answers', '3'
            ) }} as weight
        from counted
    )

    select
        case_id,
        people,
        answers,
        cast(1.959963984540054 as double) as z,
        min(cell_answers) >= 5 as is_sound,
        sum(cell_yes) / answers as p_unweighted,
        sum(weight * cell_yes) / sum(weight * cell_answers) as p_weighted,
        {{ effective_n('sum(weight * cell_answers)', 'sum(weight * weight * cell_answers)') }}
            as n_eff
    from weighted
    group by case_id, people, answers
"""
# What a macro makes of a table of vectors.
MACROS = {
    "band": {
        "code": "band_code('p', 'lower95', 'upper95', 'band_low', 'band_high')",
    },
    "diff_props": {
        "lower": "newcombe_lower('p1', 'lower1', 'upper1', 'p2', 'lower2', 'upper2')",
        "upper": "newcombe_upper('p1', 'lower1', 'upper1', 'p2', 'lower2', 'upper2')",
    },
    "diff_means": {"margin": "welch_margin('sd1', 'n1', 'sd2', 'n2', 'z')"},
    "rate_ratio": {
        "lower": "rate_ratio_lower('x1', 'n1', 'x2', 'n2', 'z')",
        "upper": "rate_ratio_upper('x1', 'n1', 'x2', 'n2', 'z')",
    },
    "direction_cases": {
        "direction": "two_period_direction('diff_lower95', 'diff_upper95', '0', 'n_current', "
        "'n_previous', 'better_when_higher', '10', '30')",
    },
    "percent_suppression": {
        "symbol": "percent_symbol('numerator', 'denominator', "
        "'case when denominator < 100 then 0 else 1 end', 'k', 'min_denominator', "
        "'sensitive = 1', '30')",
        "value": "percent_half_up('numerator', 'denominator', "
        "'case when denominator < 100 then 0 else 1 end')",
    },
    "poststrat": {
        # As the weighting itself gives them.
        **{column: f"'{column}'" for column in ("is_sound", "p_unweighted", "p_weighted", "n_eff")},
        "n_star": "finite_population_n('n_eff', 'answers', 'people')",
        "lower": "wilson_lower('p_weighted * n_star', 'n_star', 'z')",
        "upper": "wilson_upper('p_weighted * n_star', 'n_star', 'z')",
    },
    "rounding": {
        "round10": "rounded_to('count', 10)",
    },
    "survey_ci": {
        "n_star": "finite_population_n("
        "'coalesce(n_eff, n_responses)', 'n_responses', 'population')",
        "lower": "wilson_lower('p * n_star', 'n_star', 'z')",
        "upper": "wilson_upper('p * n_star', 'n_star', 'z')",
    },
}


class Stage:
    """The stand-ins, as they are filled from the vectors."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = duckdb.connect()
        self.connection.execute(f"create table measure_records ({RECORD_COLUMNS})")
        self.connection.execute(f"create table evidence_signals ({SIGNAL_COLUMNS})")
        self.indicators: list[dict[str, str]] = []
        self.outcomes: list[str] = []
        self.sensitive: list[str] = []

    def add_indicator(
        self,
        name: str,
        measure_type: str,
        unit: str,
        *,
        data_type: str = "cohort_snapshot",
        polarity: str = "higher_better",
    ) -> None:
        self.indicators.append(
            {
                "indicator_id": name,
                "indicator_version": "1",
                "measure_code": name,
                "measure_type": measure_type,
                "unit": unit,
                "data_type": data_type,
                "polarity": polarity,
                "unknown_policy": "EXCLUDE_AND_REPORT",
            }
        )

    def add_records(
        self,
        name: str,
        count: int,
        flag: int | None,
        *,
        value: float | None = None,
        exposure: float = 0,
        subject_type: str = "child",
    ) -> None:
        self.connection.execute(
            """
            insert into measure_records by name
            select
                $name as indicator_id, 1 as indicator_version, $subject_type as subject_type,
                $subject_type || coalesce($flag, '') || '/' || n as subject_key,
                coalesce(cast($value as varchar), '') as event_key,
                $authority as local_authority_code, $year as period_id, 'year' as period_type,
                1 as denominator_flag, $flag as numerator_flag, $value as value,
                $exposure as exposure, 1 as weight, 'vectors' as source_id, 'A' as dq_grade
            from range($count) as records (n)
            """,
            {
                "name": name,
                "count": count,
                "flag": flag,
                "value": value,
                "exposure": exposure,
                "subject_type": subject_type,
                "authority": AUTHORITY,
                "year": YEAR,
            },
        )

    def add_proportion(self, name: str, x: int, n: int) -> None:
        self.add_indicator(name, "proportion", "percent")
        self.add_records(name, x, 1)
        self.add_records(name, n - x, 0)

    def add_item_of_progress(self, name: str, better: int, worse: int, known: int) -> None:
        """An item whose people are so many better and worse than at their own start."""
        self.add_indicator(name, "proportion", "percent", data_type="individual_progress")
        self.connection.execute(
            """
            insert into measure_records by name
            select
                $name as indicator_id, 1 as indicator_version, 'child' as subject_type,
                'child/' || n as subject_key, '' as event_key,
                $authority as local_authority_code, $year as period_id, 'year' as period_type,
                1 as denominator_flag, cast(n < $better as integer) as numerator_flag,
                case when n < $better then 1 when n < $better + $worse then -1 else 0 end
                    as change_on_baseline,
                1 as weight, 'vectors' as source_id, 'A' as dq_grade
            from range($known) as people (n)
            """,
            {
                "name": name,
                "better": better,
                "worse": worse,
                "known": known,
                "authority": AUTHORITY,
                "year": YEAR,
            },
        )
        self.add_undirected(name, data_type="individual_progress")

    def add_undirected(self, name: str, **columns: object) -> None:
        """An item of which the year before says nothing."""
        self.add_signal(
            name,
            name,
            direction="UNK",
            level="UNK",
            n=100,
            coverage=1.0,
            dq_grade="A",
            **columns,
        )

    def add_signal(self, outcome: str, item: str, **columns: object) -> None:
        signal = {
            "outcome_id": outcome,
            "local_authority_code": AUTHORITY,
            "period_id": YEAR,
            "indicator_id": item,
            "data_type": "cohort_snapshot",
            "item_order": 1,
            "value": 1.0,
            "is_context_only": False,
            "age_months": 0,
            "cycle_months": 12,
            "source_id": "vectors",
            "as_at_date": AS_AT,
            **columns,
        }
        names = ", ".join(signal)
        marks = ", ".join("?" for _ in signal)
        self.connection.execute(
            f"insert into evidence_signals ({names}) values ({marks})", list(signal.values())
        )

    def add_reading(self, outcome: str, item: str, reading: str, strength: str) -> None:
        direction, level = DIRECTION_AND_LEVEL[reading]
        n, coverage, grade = N_COVERAGE_AND_GRADE[strength]
        self.add_signal(
            outcome,
            item,
            direction=direction,
            level=level,
            n=n,
            coverage=coverage,
            dq_grade=grade,
            age_months=30 if strength == "WEAK" else 0,
        )

    def write(self, name: str, query: str) -> Path:
        path = self.folder / f"{name}.parquet"
        self.connection.execute(f"copy ({query}) to '{path}' (format parquet)")
        return path


def medians() -> list[dict[str, str]]:
    """The percentiles of the vectors that are medians: the only ones that the catalogue has."""
    return [case for case in rows_of("percentile_ci") if case["p"] == "0.5"]


def directed_by(*methods: str) -> list[dict[str, str]]:
    """The cases of a direction that is told so."""
    return [case for case in rows_of("direction_cases") if case["method"] in methods]


def sign_tests() -> list[dict[str, str]]:
    return [case for case in rows_of("paired_tests") if case["test"] == "sign"]


def rated_indicators() -> list[dict[str, str]]:
    return [
        {
            "indicator_id": row["indicator_id"],
            "indicator_version": "1",
            "framework": "rated",
            "oba_question": row["quadrant"].lower(),
        }
        for row in rows_of("headline")
    ]


def ratings() -> list[dict[str, str]]:
    return [
        {"indicator_id": row["indicator_id"]}
        | {f"{power}_power": row[power] for power in ("communication", "proxy", "data")}
        for row in rows_of("headline")
    ]


def fill(stage: Stage) -> None:
    """Every vector as the stand-in that the models would meet in its place."""
    for case in rows_of("wilson"):
        stage.add_proportion(case["case_id"], int(case["x"]), int(case["n"]))
    for case in rows_of("percent_suppression"):
        if case["numerator"]:
            stage.add_proportion(case["case_id"], int(case["numerator"]), int(case["denominator"]))
        if case["sensitive"] == "1":
            stage.sensitive.append(case["case_id"])
    for case in rows_of("differencing"):
        stage.add_indicator(case["case_id"], "count", "count")
        stage.add_records(case["case_id"], int(case["new_count"]), 1)
    for case in rows_of("byars"):
        stage.add_indicator(case["case_id"], "rate", "rate_per_10k")
        stage.add_records(case["case_id"], int(case["x"]), 1)
        stage.add_records(
            case["case_id"], 1, 0, exposure=float(case["n"]), subject_type="population"
        )
        counted = f"{case['case_id']} counted"
        stage.add_indicator(counted, "count", "count")
        stage.add_records(counted, int(case["x"]), 1)
    for case in rows_of("means"):
        stage.add_indicator(case["case_id"], "mean", "mean")
        for value in case["values"].split("|"):
            stage.add_records(case["case_id"], 1, None, value=float(value))
    for case in medians():
        stage.add_indicator(case["case_id"], "mean", "median")
        for value in case["values"].split("|"):
            stage.add_records(case["case_id"], 1, None, value=float(value))
    # More values than the seed has ranks for.
    stage.add_indicator("many values", "mean", "median")
    for value in range(1, 302):
        stage.add_records("many values", 1, None, value=value)

    for case in rows_of("triangulation_cases"):
        stage.outcomes += [case["case_id"], f"{case['case_id']} reversed"]
    items = rows_of("triangulation_items")
    for suffix, ordered in (("", items), (" reversed", items[::-1])):
        for place, item in enumerate(ordered):
            stage.add_signal(
                item["case_id"] + suffix,
                # Names that sort one way, then the other.
                f"{place:03} {item['item_id']}",
                data_type=DATA_TYPES[item["data_type"]],
                item_order=place,
                pair_code=item["pair_id"] or None,
                n=int(item["n"]),
                coverage=float(item["coverage"]),
                age_months=int(item["age_months"]),
                cycle_months=int(item["cycle_months"]),
                dq_grade=item["dq_grade"],
                direction=item["direction"],
                level=item["level"],
                band_code=item["band_code"] or None,
                is_context_only=item["is_neutral"] == "1",
                source_id=item["source_id"],
            )
    for case in rows_of("item_strength"):
        stage.add_signal(
            case["case_id"],
            "item",
            data_type="user_views" if case["is_views"] == "1" else "cohort_snapshot",
            n=int(case["n"]),
            coverage=float(case["coverage"]),
            age_months=int(case["age_months"]),
            cycle_months=int(case["cycle_months"]),
            dq_grade=case["dq_grade"],
            direction="IMP",
            level="BET",
        )
    for case in directed_by("xmr", "annual"):
        stage.add_indicator(
            case["case_id"],
            "proportion",
            "percent",
            polarity={"up": "higher_better", "down": "lower_better", "neutral": "context_only"}[
                case["polarity"]
            ],
        )
        stage.add_undirected(case["case_id"])
    for case in directed_by("progress"):
        stage.add_item_of_progress(
            case["case_id"], int(case["improved"]), int(case["worse"]), int(case["known"])
        )
    for case in directed_by("avs"):
        stage.add_indicator(
            case["case_id"], "proportion", "percent", data_type="individual_progress"
        )
        stage.add_undirected(case["case_id"], data_type="individual_progress")
    for case in sign_tests():
        better, worse = int(case["b_or_improved"]), int(case["c_or_worse"])
        stage.add_item_of_progress(case["case_id"], better, worse, better + worse)
    for case in rows_of("reading_matrix"):
        stage.add_signal(
            case_id(case),
            "item",
            n=100,
            coverage=1.0,
            dq_grade="A",
            direction=case["direction"],
            level=case["level"],
        )
    for case in rows_of("pair_reading"):
        readings = (case["reading_a"], case["reading_b"])
        for suffix, ordered in (("", readings), (" reversed", readings[::-1])):
            for place, reading in enumerate(ordered):
                stage.add_reading(case_id(case) + suffix, f"member {place}", reading, "STRONG")
            stage.connection.execute(
                "update evidence_signals set pair_code = 'pair' where outcome_id = ?",
                [case_id(case) + suffix],
            )
    for case in rows_of("type_reading"):
        for place, item in enumerate(case["items_reading_strength"].split("|")):
            reading, strength = item.split(":")
            stage.add_reading(case["case_id"], f"item {place}", reading, strength)


def publish_before(warehouse: Path) -> None:
    """An earlier release of the counts whose differences are tested."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema history")
        connection.execute(
            f"""
            create table history.release_ledger as
            select
                1 as release_number, date '2026-02-28' as release_date,
                'outcomes.indicator_values' as table_name, 'figure' as aspect,
                '{AUTHORITY}' as local_authority_code,
                case_id || ' people numerator' as population_id, '{YEAR}' as period_id,
                'all' as breakdown, 'all' as breakdown_value,
                cast(published_count as double) as released_count, null::varchar as symbol,
                cast(published_count as double) as counted
            from read_csv('{VECTORS / "differencing"}.csv')
            """
        )


def write_csv(path: Path, names: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


def header_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def set_the_stage(folder: Path) -> None:
    """A copy of the project in ``folder`` whose models answer the vectors."""
    stand_ins = copy_project(folder, MODELS)
    stage = Stage(folder)
    fill(stage)
    records = stage.write("measure_records", "from measure_records")
    signals = stage.write("evidence_signals", "from evidence_signals")
    stage.connection.execute("create table named (indicator_id varchar)")
    stage.connection.executemany(
        "insert into named values (?)", [[row["indicator_id"]] for row in stage.indicators]
    )
    measured = stage.write(
        "measured_periods",
        f"select *, '{AUTHORITY}' as local_authority_code, '{YEAR}' as period_id from named",
    )
    for name, path in (("measure_records", records), ("measured_periods", measured)):
        (stand_ins / f"{name}.sql").write_text(f"select * from read_parquet('{path}')")
    (folder / "models/marts/outcomes/evidence_signals.sql").write_text(
        "{{ config(materialized='view', contract={'enforced': false}) }}\n"
        f"select * from read_parquet('{signals}')"
    )

    # The vectors of differences go through the macros that differences are made with.
    (stand_ins / "indicator_differences.sql").write_text(
        "select '' as indicator_id, '' as local_authority_code, '' as period_id,"
        " cast(null as double) as value, cast(null as double) as lower95,"
        " cast(null as double) as upper95, cast(null as double) as lower998,"
        " cast(null as double) as upper998, '' as interval_method, '' as symbol,"
        " false as is_side_small where false"
    )
    # The newest point of a chart or of five years, and the score added to what was expected; items
    # of the worked cases say their direction themselves.
    (stand_ins / "indicator_trends.sql").write_text(
        f"""
        select
            case_id as indicator_id, 1 as indicator_version,
            '{AUTHORITY}' as local_authority_code, periods.period_id, periods.period_type,
            periods.period_start, periods.period_end, 'all' as breakdown, 1.0 as value,
            case method when 'xmr' then 'XMR' else 'ANNUAL_TREND' end as method,
            case method when 'xmr' then 15 else 5 end as point_number,
            case method
                when 'xmr' then spc_point_type
                else {{{{ annual_point_type(
                    'trend_marker', "(case polarity when 'up' then 1 when 'down' then -1 end)"
                ) }}}}
            end as point_type,
            cast(spc_conflict as integer) as conflict
        from read_csv('{VECTORS / "direction_cases"}.csv', all_varchar = true) as cases
        inner join {{{{ ref('periods') }}}} as periods
            on periods.period_id = case cases.method
                when 'xmr' then '{YEAR}-Q4' when 'annual' then '{YEAR}'
            end
        """
    )
    (stand_ins / "progress_summaries.sql").write_text(
        f"""
        select
            '{AUTHORITY}' as local_authority_code, '{YEAR}' as period_id, 'year' as period_type,
            case_id as measure_code, 'all' as breakdown, known as n_added_value,
            avs_lower95 as added_value_lower95, avs_upper95 as added_value_upper95
        from read_csv('{VECTORS / "direction_cases"}.csv')
        where method = 'avs'
        """
    )
    # No cohort of the vectors is counted for itself.
    (stand_ins / "cohort_counts.sql").write_text(
        "select '' as cohort_code, '' as local_authority_code, '' as period_id, '' as breakdown,"
        " '' as breakdown_value, 0 as child_count, 0 as known_status_count where false"
    )
    # Nor is their progress summed up, a worker or a place counted.
    for name in ("progress_disclosure", "workforce_disclosure"):
        described = read_yaml(PROJECT / "models" / "marts" / "outcomes" / f"{name}.yml")["models"]
        (stand_ins / f"{name}.sql").write_text(
            "select "
            + ", ".join(
                f"cast(null as {column['data_type']}) as {column['name']}"
                for column in described[0]["columns"]
            )
            + " where false"
        )
    (stand_ins / "int_service_activity.sql").write_text(
        "select '' as local_authority_code, '' as subject_kind, '' as subject_code,"
        " '' as programme_code, '' as period_id, '' as measure_code, '' as quadrant, 0 as n,"
        " 0 as numerator where false"
    )
    (stand_ins / "released_indicator_trends.sql").write_text(
        "{{ config(schema='release') }}"
        " select '' as indicator_id, 1 as indicator_version, '' as local_authority_code,"
        " '' as period_id, '' as breakdown, '' as signals_symbol where false"
    )

    seeds = folder / "seeds/framework"
    for name, rows in (
        ("indicators", stage.indicators + rated_indicators()),
        ("indicator_ratings", ratings()),
        ("outcomes", [{"outcome_id": outcome} for outcome in stage.outcomes]),
        ("outcome_indicators", []),
        (
            "later_score_indicators",
            [
                {"measure_code": case["case_id"], "score_measure_code": case["case_id"]}
                for case in directed_by("avs")
            ],
        ),
        ("disclosure_families", []),
        ("sensitive_indicators", [{"indicator_id": name} for name in stage.sensitive]),
    ):
        write_csv(seeds / f"{name}.csv", header_of(seeds / f"{name}.csv"), rows)

    z = (
        "cast(case when conf < 0.99 then 1.959963984540054 else 3.090232306167813 end as double)"
        " as z"
    )
    sources = {
        # Newcombe rests on each side's own Wilson limits; those come from the macro as well.
        "diff_props": f"""
            select *, x1 / n1 as p1, x2 / n2 as p2,
                {{{{ wilson_lower('x1', 'n1', 'z') }}}} as lower1,
                {{{{ wilson_upper('x1', 'n1', 'z') }}}} as upper1,
                {{{{ wilson_lower('x2', 'n2', 'z') }}}} as lower2,
                {{{{ wilson_upper('x2', 'n2', 'z') }}}} as upper2
            from (select *, {z} from VECTORS)""",
        "diff_means": f"select *, {z} from VECTORS",
        "rate_ratio": f"select *, {z} from VECTORS",
        "direction_cases": """
            select *, case polarity when 'up' then 1 when 'down' then -1 end
                as better_when_higher
            from VECTORS""",
    }
    sources["survey_ci"] = f"select * exclude (n_star, lower, upper), {z} from VECTORS"
    sources["poststrat"] = WEIGHTED
    for name, expressions in MACROS.items():
        vectors = f"read_csv('{VECTORS / name}.csv')"
        given = sources.get(name, "select * from VECTORS").replace("VECTORS", vectors)
        answers = ", ".join(f"{{{{ {call} }}}} as {column}" for column, call in expressions.items())
        (stand_ins / f"vectors_{name}.sql").write_text(f"select case_id, {answers} from ({given})")
    (stand_ins / "series_of_t.sql").write_text(
        "select df, {{ t_quantile('cast(1.959963984540054 as double)', 'df') }} as t95, "
        "{{ t_quantile('cast(3.090232306167813 as double)', 'df') }} as t998 "
        "from range(201, 5000, 7) as degrees (df)"
    )
    (stand_ins / "series_of_ranks.sql").write_text(
        "select n, {{ median_rank('cast(1.959963984540054 as double)', 'n') }} as rank95, "
        "{{ median_rank('cast(3.090232306167813 as double)', 'n') }} as rank998 "
        "from range(201, 100001) as counts (n)"
    )


@pytest.fixture(scope="module")
def answers(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("vectors")
    set_the_stage(folder)
    publish_before(folder / "warehouse.duckdb")
    with duckdb.connect(str(build_project(folder, AS_AT)), read_only=True) as connection:
        yield connection


def value_of(answers: duckdb.DuckDBPyConnection, indicator: str, room: str) -> dict[str, Any]:
    return one(answers, f"{room}.indicator_values", indicator_id=indicator, breakdown="all")


def limits(case: dict[str, str]) -> tuple[str, str]:
    level = "95" if case["conf"] == "0.95" else "998"
    return f"lower{level}", f"upper{level}"


@each_of("wilson")
def test_a_percentage_has_its_wilson_limits(answers, case):
    found = value_of(answers, case["case_id"], "outcomes")
    for column, name in zip(limits(case), ("lower", "upper"), strict=True):
        share = None if found[column] is None else found[column] / 100
        assert agrees(share, number(case[name]))
    assert agrees(None if found["value"] is None else found["value"] / 100, number(case["p"]))
    assert found["symbol"] == ("[z]" if case["n"] == "0" else None)


@each_of("byars")
def test_a_rate_has_the_limits_of_byar_or_exactly_those_of_poisson(answers, case):
    found = value_of(answers, case["case_id"], "outcomes")
    lower, upper = limits(case)
    assert agrees(found["value"], number(case["value"]))
    assert agrees(found[lower], number(case["lower"]))
    assert agrees(found[upper], number(case["upper"]))
    assert found["interval_method"] == {"byar": "byar", "exact": "exact_poisson"}[case["method"]]


@each_of("byars")
def test_a_count_has_the_limits_of_the_rate_before_it_is_divided(answers, case):
    found = value_of(answers, f"{case['case_id']} counted", "outcomes")
    lower, upper = limits(case)
    per = float(case["n"]) / float(case["multiplier"])
    # The vectors give the rate to eight places; a count is so many times that.
    assert abs(found[lower] - float(case["lower"]) * per) <= 1e-6 * per
    assert abs(found[upper] - float(case["upper"]) * per) <= 1e-6 * per


@pytest.mark.parametrize("case", rows_of("poisson_exact_limits"), ids=lambda case: case["x"])
def test_the_seed_of_exact_limits_is_the_published_one(answers, case):
    found = one(answers, "reference.poisson_exact_limits", x=case["x"])
    for name in ("lower95", "upper95", "lower998", "upper998"):
        assert agrees(found[name], number(case[name]))


@each_of("means")
def test_a_mean_has_the_limits_of_students_t(answers, case):
    found = value_of(answers, case["case_id"], "outcomes")
    lower, upper = limits(case)
    assert agrees(found["value"], number(case["mean"]))
    assert agrees(found[lower], number(case["lower"]))
    assert agrees(found[upper], number(case["upper"]))
    assert found["symbol"] == ("[u]" if int(case["n"]) < 10 else None)
    assert found["interval_method"] == ("none" if case["n"] == "1" else "t")


@pytest.mark.parametrize("case", medians(), ids=case_id)
def test_a_median_has_the_limits_of_its_order_statistics(answers, case):
    found = value_of(answers, case["case_id"], "outcomes")
    assert agrees(found["value"], number(case["estimate"]))
    assert agrees(found["lower95"], number(case["lower"]))
    assert agrees(found["upper95"], number(case["upper"]))
    assert found["interval_method"] == ("order_statistics" if case["lower"] else "none")


def test_the_ranks_of_a_median_are_binomial_in_the_seed_and_beyond_it(answers):
    stats = pytest.importorskip("scipy.stats")
    for table in ("reference.median_ranks", "main.series_of_ranks"):
        rows = answers.execute(f"select n, rank95, rank998 from {table}").fetchall()
        counts, *ranks = zip(*rows, strict=True)
        for outside, found in zip((0.025, 0.001), ranks, strict=True):
            assert list(found) == stats.binom.ppf(outside, counts, 0.5).tolist()
    found = value_of(answers, "many values", "outcomes")
    assert (found["value"], found["lower95"], found["upper95"]) == (151, 134, 168)
    assert (found["lower998"], found["upper998"]) == (124, 178)


def test_the_quantiles_of_t_are_those_of_scipy_in_the_seed_and_beyond_it(answers):
    stats = pytest.importorskip("scipy.stats")
    for table in ("reference.t_quantiles", "main.series_of_t"):
        for df, t95, t998 in answers.execute(f"select df, t95, t998 from {table}").fetchall():
            assert abs(t95 - stats.t.ppf(0.975, df)) < 1e-9
            assert abs(t998 - stats.t.ppf(0.999, df)) < 1e-9


@each_of("diff_props")
def test_two_percentages_differ_by_newcombes_limits(answers, case):
    found = one(answers, "main.vectors_diff_props", case_id=case["case_id"])
    assert agrees(found["lower"], number(case["lower"]))
    assert agrees(found["upper"], number(case["upper"]))


@each_of("diff_means")
def test_two_means_differ_by_welchs_margin(answers, case):
    found = one(answers, "main.vectors_diff_means", case_id=case["case_id"])
    assert agrees(float(case["diff"]) - found["margin"], number(case["lower"]))
    assert agrees(float(case["diff"]) + found["margin"], number(case["upper"]))


@each_of("rate_ratio")
def test_two_rates_differ_by_the_limits_of_their_ratio(answers, case):
    found = one(answers, "main.vectors_rate_ratio", case_id=case["case_id"])
    assert agrees(found["lower"], number(case["lower"]))
    assert agrees(found["upper"], number(case["upper"]))


@each_of("band")
def test_a_value_is_placed_against_its_band(answers, case):
    assert one(answers, "main.vectors_band", case_id=case["case_id"])["code"] == case["code"]


@pytest.mark.parametrize("case", directed_by("two_point"), ids=case_id)
def test_two_periods_have_a_direction(answers, case):
    found = one(answers, "main.vectors_direction_cases", case_id=case["case_id"])
    assert found["direction"] == case["direction"]


@pytest.mark.parametrize("case", directed_by("xmr", "annual", "progress", "avs"), ids=case_id)
def test_an_item_is_directed_by_its_chart_its_years_or_each_own_start(answers, case):
    found = one(answers, "outcomes.evidence_items", outcome_id=case["case_id"])
    assert found["direction"] == case["direction"]


@pytest.mark.parametrize("case", sign_tests(), ids=case_id)
def test_better_is_tested_against_worse_by_their_signs(answers, case):
    found = one(answers, "outcomes.evidence_items", outcome_id=case["case_id"])
    assert found["direction"] == ("IMP" if float(case["p_value"]) < 0.05 else "STA")
    assert found["direction_method"] == "OWN_BASELINE"


@each_of("item_strength")
def test_an_item_is_as_strong_as_its_scores(answers, case):
    found = one(answers, "outcomes.evidence_items", outcome_id=case["case_id"])
    for ours, theirs in (
        ("n_score", "score_n"),
        ("coverage_score", "score_coverage"),
        ("freshness_score", "score_freshness"),
        ("quality_score", "score_dq"),
    ):
        assert found[ours] == int(case[theirs]), ours
    assert found["strength"] == case["strength"]


@each_of("reading_matrix")
def test_direction_and_level_make_a_reading(answers, case):
    found = one(answers, "outcomes.evidence_items", outcome_id=case_id(case))
    assert found["reading"] == case["reading"]


@pytest.mark.parametrize("order", ["", " reversed"])
@each_of("pair_reading")
def test_a_pair_is_read_as_one_in_either_order(answers, case, order):
    found = one(answers, "outcomes.kind_readings", outcome_id=case_id(case) + order)
    expected = case["pair_reading"]
    assert found["reading"] == ("SIL" if expected == "NIL" else expected)
    assert found["has_pair_trade_off"] == (case["flag"] == "PAIR_TRADE_OFF")
    assert found["has_incomplete_pair"] == (case["flag"] == "PAIR_INCOMPLETE")


@each_of("type_reading")
def test_the_items_of_a_kind_are_read_together(answers, case):
    found = one(answers, "outcomes.kind_readings", outcome_id=case["case_id"])
    assert found["reading"] == case["type_reading"]
    assert found["strength"] == case["type_strength"]
    assert (found["flags"] or "").replace(";", "|") == case["flags"]


@pytest.mark.parametrize("order", ["", " reversed"])
@each_of("triangulation_cases")
def test_the_kinds_of_evidence_are_triangulated_in_any_order(answers, case, order):
    found = one(answers, "outcomes.triangulated_outcomes", outcome_id=case["case_id"] + order)
    for ours, theirs in KINDS.items():
        assert found[f"{ours}_reading"] == case[theirs.lower()]
        assert found[f"{ours}_strength"] == case[f"{theirs.lower()}_strength"]
    assert found["kinds_speaking"] == int(case["types_speaking"])
    for name in ("convergence", "overall", "confidence"):
        assert found[name] == case[name]
    assert found["is_single_source"] == (case["single_source"] == "1")
    names = {ours: theirs for theirs, ours in DATA_TYPES.items()}
    silent = [names[name] for name in (found["silent_data_types"] or "").split(";") if name]
    assert "|".join(silent) == case["silent_types"]
    assert (found["question_codes"] or "").replace(";", "|") == case["questions"]
    flags = found["flags"] or ""
    for ours, theirs in names.items():
        flags = flags.replace(ours, theirs)
    assert flags.replace(";", "|") == case["flags"]


@pytest.mark.parametrize("case", rows_of("triangulation_items"), ids=lambda c: c["item_id"])
def test_an_item_of_a_worked_case_is_read_as_published(answers, case):
    found = answers.execute(
        """
        select strength, reading from outcomes.evidence_items
        where outcome_id = ? and indicator_id like '% ' || ?
        """,
        [case["case_id"], case["item_id"]],
    ).fetchall()
    assert found == [(case["expected_strength"], case["expected_reading"])]


@each_of("percent_suppression")
def test_a_percentage_is_released_or_withheld(answers, case):
    if case["numerator"]:
        found = value_of(answers, case["case_id"], "release")
    else:
        # A numerator that is not there cannot be made of records.
        found = one(answers, "main.vectors_percent_suppression", case_id=case["case_id"])
        found["value"] = None
    if case["display"].startswith("["):
        assert (found["symbol"], found["value"]) == (case["display"], None)
    else:
        assert (found["symbol"], found["value"]) == (None, float(case["display"]))


@each_of("rounding")
def test_a_national_total_is_rounded(answers, case):
    found = one(answers, "main.vectors_rounding", case_id=case["case_id"])
    assert found["round10"] == int(case["round10_value"])


@each_of("differencing")
def test_a_count_is_held_where_its_difference_would_be_small(answers, case):
    found = one(
        answers,
        "outcomes.release_differences",
        population_id=f"{case['case_id']} people numerator",
        breakdown="all",
    )
    assert found["decision"] == case["decision"]
    assert (found["implied_difference"] or 0) == float(case["implied_difference"])
    released = value_of(answers, case["case_id"], "release")
    is_held = case["decision"] == "HOLD"
    assert (released["symbol"], released["numerator"]) == (
        ("[c]", None) if is_held else (None, float(case["new_count"]))
    )


@each_of("survey_ci")
def test_answers_from_a_small_population_have_narrower_limits(answers, case):
    found = one(answers, "main.vectors_survey_ci", case_id=case["case_id"])
    for column in ("n_star", "lower", "upper"):
        assert agrees(found[column], number(case[column])), column


@each_of("poststrat")
def test_answers_are_weighted_to_the_people_they_stand_for(answers, case):
    found = one(answers, "main.vectors_poststrat", case_id=case["case_id"])
    assert found["is_sound"] == (case["status"] == "OK")
    if found["is_sound"]:
        for column in ("p_unweighted", "p_weighted", "n_eff", "n_star", "lower", "upper"):
            assert agrees(found[column], number(case[column])), column


@pytest.mark.parametrize("case", rows_of("headline"), ids=lambda case: case["indicator_id"])
def test_headlines_and_the_agenda_of_data_are_chosen_by_their_ratings(answers, case):
    found = one(answers, "intermediate.headline_choices", indicator_id=case["indicator_id"])
    assert found["headline_rank"] == number(case["headline_rank"])
    assert found["data_development_rank"] == number(case["data_development_rank"])

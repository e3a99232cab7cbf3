"""The simulated world: consistent by construction, the same for a seed, and moved by scenarios."""

from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import pytest

from orchestration.simulate.options import BadOptions, Options
from orchestration.simulate.run import build_world
from orchestration.simulate.simulation import TRUTH_COUNTS
from tests.calibration import Rate, simulated_rates

RULES = (Path(__file__).parent / "rules.sql").read_text("utf-8")
AS_AT = date(2026, 3, 31)


def a_world(**chosen: object) -> duckdb.DuckDBPyConnection:
    """A world of one authority and three years, or what is chosen instead."""
    asked = {"as_at": AS_AT, "authorities": 1, "children": 3_000, "years": 3} | chosen
    connection = duckdb.connect(config={"threads": 2})
    build_world(connection, Options(**asked))  # type: ignore[arg-type]
    return connection


@cache
def a_small_world() -> duckdb.DuckDBPyConnection:
    """A world of one authority and three years, made once for all who only look at it."""
    return a_world()


@cache
def a_county(*scenarios: str) -> duckdb.DuckDBPyConnection:
    """A county of 12,000 children over six years with a small neighbour; made once for all."""
    return a_world(authorities=2, children=12_000, years=6, scenarios=scenarios)


def contents(world: duckdb.DuckDBPyConnection, where: str = "true") -> dict[str, int]:
    """A fingerprint of every table that says whose its rows are, row order included."""
    tables = world.execute(
        "select distinct table_name from duckdb_columns() "
        "where schema_name = 'world' and column_name = 'local_authority_code'"
    ).fetchall()
    return {
        table: hash(tuple(world.execute(f"select * from world.{table} where {where}").fetchall()))
        for (table,) in tables
    }


# None of them touches what another is looked for in, so one world tells all three.
APART = ("stability_improves", "small_authority", "care_leavers_improve")


def named_rules() -> list[tuple[str, str]]:
    """Each rule of ``rules.sql`` under the sentence before it."""
    rules = []
    for query in RULES.split(";\n"):
        lines = query.strip().splitlines()
        sentences = [line[3:] for line in lines if line.startswith("-- ")]
        if len(lines) > len(sentences):
            rules.append((sentences[-1], query))
    return rules


@pytest.mark.parametrize(("rule", "query"), named_rules(), ids=lambda text: text[:60])
@pytest.mark.parametrize("scenarios", [(), ("traded_off", "repeat_plans")], ids=["plain", "told"])
def test_nothing_in_the_world_contradicts_itself(
    rule: str, query: str, scenarios: tuple[str, ...]
) -> None:
    broken = a_county(*scenarios).execute(query).fetchall()

    assert len(broken) == 0, f"{rule}: {len(broken)} rows do not hold it"


def test_the_same_seed_gives_the_same_world() -> None:
    assert contents(a_world()) == contents(a_small_world())


def test_another_seed_gives_other_lives() -> None:
    one, other = a_small_world(), a_world(seed=4)
    assert contents(one)["referrals"] != contents(other)["referrals"]


def test_a_neighbour_changes_nothing_at_home_but_where_far_away_is() -> None:
    alone = a_small_world()
    with_neighbour = a_world(authorities=2)

    for table in (
        "residents",
        "referrals",
        "protection_plans",
        "visits",
        "care_periods",
        "workers",
    ):
        home = "local_authority_code = '981'"
        columns = "* exclude (service_code)" if table == "care_periods" else "*"
        query = f"select {columns} from world.{table} where {home}"
        assert with_neighbour.execute(query).fetchall() == alone.execute(query).fetchall()


def test_the_first_return_meets_children_who_have_been_in_care_for_years() -> None:
    ((long_ago, everybody),) = (
        a_county()
        .execute("""
        select
            count(*) filter (where period_start_date < written_from - interval 5 year),
            count(*)
        from world.care_periods, world.settings
        where not is_short_breaks_only
            and local_authority_code = '981'
            and period_start_date < written_from
            and coalesce(period_end_date, date '2200-01-01') > written_from
    """)
        .fetchall()
    )

    assert 0.05 < long_ago / everybody < 0.4


def test_as_many_children_live_in_the_county_as_were_asked_for() -> None:
    counted = (
        a_county()
        .execute("""
        select sum(population_count) from world.populations
        where local_authority_code = '981' group by mid_year
    """)
        .fetchall()
    )

    assert all(11_000 < total < 13_000 for (total,) in counted)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_other_seeds_lie_within_the_tolerances_too(seed: int) -> None:
    rates = simulated_rates(a_world(children=40_000, years=4, seed=seed))

    assert [rate for rate in rates if not rate.is_met] == []


def test_every_rate_lies_within_its_tolerance_of_the_published_one() -> None:
    # One authority, for only the first is near the nation; large, so that chance is small.
    rates = simulated_rates(a_world(children=40_000, years=4))

    assert len(rates) > 20
    assert [rate for rate in rates if not rate.is_met] == []


@pytest.mark.parametrize(("simulated", "is_met"), [(9.0, True), (8.9, False), (11.1, False)])
def test_a_rate_is_met_at_its_tolerance_and_not_beyond(simulated: float, is_met: bool) -> None:
    assert Rate("m", "a rate", "per cent", 10.0, 1.0, simulated).is_met is is_met


# ---- scenarios ----


def yearly(
    world: duckdb.DuckDBPyConnection, measured: str, table: str, on: str, code: str = "981"
) -> list[float]:
    """A figure of one authority in each of the six written years."""
    return [
        float(value)
        for (value,) in world.execute(f"""
            select {measured} from world.{table}
            where local_authority_code = '{code}' and {on} >= date '2020-04-01'
            group by year({on} + interval 9 month) order by year({on} + interval 9 month)
        """).fetchall()
    ]


def test_a_step_change_has_the_size_it_was_given() -> None:
    def step(world: duckdb.DuckDBPyConnection, code: str) -> float:
        years = yearly(world, "count(*)", "referrals", "referral_date", code)
        return sum(years[3:]) / sum(years[:3])

    plain, told = a_county(), a_county("step_change")
    assert 0.9 < step(plain, "981") < 1.1
    # Some of the further referrals find a case open already.
    assert 1.3 < step(told, "981") < 1.6
    # The scenario plays in the first authority only.
    assert 0.9 < step(told, "982") < 1.12


def test_a_season_moves_months_and_not_years() -> None:
    def swing(world: duckdb.DuckDBPyConnection) -> float:
        months = [
            count
            for (count,) in world.execute("""
                select count(*) from world.referrals
                where local_authority_code = '981' and referral_date >= date '2020-04-01'
                group by month(referral_date) order by month(referral_date)
            """).fetchall()
        ]
        return (sum(months[1:4]) - sum(months[7:10])) / sum(months)

    plain, told = a_county(), a_county("seasonal")
    assert swing(told) > swing(plain) + 0.05
    # Two worlds of this size differ by chance: by -1 %, 6 % and 10 % with the first three seeds.
    every_year = [sum(yearly(w, "count(*)", "referrals", "referral_date")) for w in (plain, told)]
    assert every_year[1] == pytest.approx(every_year[0], rel=0.15)


def test_placements_settle_in_one_zone_from_a_month_on() -> None:
    def moves(world: duckdb.DuckDBPyConnection, zone: str) -> tuple[int, int]:
        ((before, after),) = world.execute(f"""
            select
                count(*) filter (where placement_start_date < date '2023-04-01'),
                count(*) filter (where placement_start_date >= date '2023-04-01')
            from world.placements
            inner join world.care_periods using (care_period_id, child_id, local_authority_code)
            inner join world.residents using (child_id, local_authority_code)
            inner join world.households using (family_id, local_authority_code)
            where zone_code = '981{zone}'
                and placement_start_date > period_start_date
                and placement_start_date >= date '2020-04-01'
                and not is_adoptive
        """).fetchall()
        return before, after

    plain, told = a_county(), a_county(*APART)
    assert moves(told, "N")[0] == moves(plain, "N")[0]
    assert moves(told, "N")[1] < 0.7 * moves(plain, "N")[1]
    # The other zone stays as it was, but for a move or two.
    assert moves(told, "S") == pytest.approx(moves(plain, "S"), abs=3)


def test_shorter_plans_are_paid_for_with_repeated_ones() -> None:
    def pair(world: duckdb.DuckDBPyConnection) -> tuple[float, float]:
        again = "avg(cast(previous_plan_count > 0 as integer))"
        repeats = yearly(world, again, "protection_plans", "plan_start_date")
        lasting = "avg(date_diff('day', plan_start_date, plan_end_date))"
        lengths = yearly(world, lasting, "protection_plans", "plan_start_date")
        return sum(repeats[3:]) / 3, lengths[3]

    (repeats, length), (more_repeats, shorter) = pair(a_county()), pair(a_county("traded_off"))
    assert shorter < 0.85 * length
    assert more_repeats > repeats + 0.03


def test_a_small_authority_is_small() -> None:
    ((most,),) = (
        a_county(*APART)
        .execute("""
        select max(total) from (
            select sum(population_count) as total from world.populations
            where local_authority_code = '982' group by mid_year
        )
    """)
        .fetchall()
    )

    assert most < 1_200


def test_care_leavers_go_from_72_to_90_per_cent() -> None:
    shares = (
        a_county(*APART)
        .execute("""
        select
            count(*) filter (where accommodation_code like '_1') as suitable,
            count(*) as everybody
        from world.care_leavers
        where local_authority_code = '981' and age_turned between 19 and 21
            and return_year >= 2021 and contact_code not in ('DIED', 'RHOM')
            and left(accommodation_code, 1) not in ('G', 'H', 'R')
        group by return_year order by return_year
    """)
        .fetchall()
    )

    expected = [int(0.72 * n + 0.5) for _, n in shares[:-1]] + [int(0.90 * shares[-1][1] + 0.5)]
    assert [suitable for suitable, _ in shares] == expected


def test_repeat_plans_stay_between_10_and_15_per_cent() -> None:
    shares = yearly(
        a_county("traded_off", "repeat_plans"), "avg(cast(previous_plan_count > 0 as integer))",
        "protection_plans", "plan_start_date",
    )  # fmt: skip

    assert all(0.08 <= share <= 0.17 for share in shares)


# ---- options ----


@pytest.mark.parametrize(
    "asked", [{"authorities": 0}, {"children": 5}, {"years": 99}], ids=lambda a: next(iter(a))
)
def test_a_world_that_cannot_be_made_is_refused(asked: dict[str, int]) -> None:
    with pytest.raises(BadOptions):
        Options(as_at=AS_AT, **asked)


@pytest.mark.parametrize("asked", [{"scenarios": ("nobody knows",)}, {"authorities": 400}])
def test_an_unknown_scenario_or_too_many_authorities_are_refused(asked: dict[str, object]) -> None:
    with pytest.raises(BadOptions):
        a_world(**asked)


def test_the_truth_counts_what_the_world_holds() -> None:
    world = a_small_world()
    world.execute(TRUTH_COUNTS)

    ((counted, lived),) = world.execute("""
        select
            (
                select child_count from counts.cohorts
                where cohort_code = 'in_care' and period_id = '2026-03'
            ),
            (
                select count(distinct child_id) from world.care_periods
                where period_end_date is null and not is_short_breaks_only
            )
    """).fetchall()
    assert counted == lived > 0
    ((months, quarters, years),) = world.execute("""
        select
            sum(event_count) filter (where length(period_id) = 7 and period_id[5] = '-'
                and period_id not in (select period_id from counts.periods
                where period_type = 'year')),
            sum(event_count) filter (where period_id like '%Q%'),
            sum(event_count) filter (where period_id in (select period_id from counts.periods
                where period_type = 'year'))
        from counts.events where event = 'referral'
    """).fetchall()
    assert months == quarters == years

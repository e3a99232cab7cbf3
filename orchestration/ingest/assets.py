"""The first room: one asset per contract, filled in one step that reads each landed file once."""

import csv
from collections.abc import Iterator, Mapping

import dagster as dg

from orchestration.contracts import ExtractContract
from orchestration.feeds import write_feeds
from orchestration.ingest.archives import sweep
from orchestration.ingest.erased import read_list, write_list
from orchestration.ingest.landing import LandedFile, Places, survey
from orchestration.ingest.load import CodeSets, Night, count_rows, load_files
from orchestration.ingest.register import TABLES
from orchestration.resources import WAREHOUSE_POOL, Warehouse
from orchestration.settings import PROJECT, Settings

INGEST_STEP = "land_extracts"


def build_ingest(
    contracts: Mapping[str, ExtractContract], settings: Settings
) -> dg.AssetsDefinition:
    """Raw tables, and the register of files, as one step.

    One step because a census fills eleven tables in one reading. A file that cannot be read is
    listed as refused and never fails the night.
    """
    raw = [
        dg.AssetSpec(
            ["raw", contract.extract],
            description=contract.description,
            group_name=contract.family,
            metadata={"contract": f"expectations/extracts/{contract.extract}.yml"},
        )
        for contract in contracts.values()
    ]
    register = [
        dg.AssetSpec(table.split("."), description=description, group_name="quality")
        for table, (description, _) in TABLES.items()
    ]

    @dg.multi_asset(name=INGEST_STEP, specs=[*raw, *register], pool=WAREHOUSE_POOL)
    def land_extracts(warehouse: Warehouse) -> Iterator[dg.MaterializeResult[None]]:
        night = a_night(contracts, settings)
        workspace = settings.warehouse.parent
        sweep(workspace)
        landed = landed_files(contracts, settings)
        with warehouse.connect() as connection:
            erased = load_files(connection, landed, night)
            if erased != night.erased:
                write_list(settings.erased_list, settings.pseudonym_key, erased)
            write_feeds(connection, workspace)
            for spec in [*raw, *register]:
                rows = count_rows(connection, ".".join(spec.key.path))
                yield dg.MaterializeResult(asset_key=spec.key, metadata={"dagster/row_count": rows})

    return land_extracts


def a_night(contracts: Mapping[str, ExtractContract], settings: Settings) -> Night:
    """What a load needs to know, by the settings.

    Raises:
        WrongPseudonymKey: the list of those who were erased was made with another key.
    """
    return Night(
        contracts=contracts,
        codes=CodeSets.read(PROJECT / "seeds" / "codes"),
        pseudonym_key=settings.pseudonym_key,
        as_at_date=settings.as_at_date,
        erased=read_list(settings.erased_list, settings.pseudonym_key),
    )


def landed_files(contracts: Mapping[str, ExtractContract], settings: Settings) -> list[LandedFile]:
    """Every file of the landing folder that the night is about, as it is known."""
    places = Places(authority_codes(), settings.authority_code)
    # Beside the warehouse, because it is kept as safe: what is unpacked are records.
    workspace = settings.warehouse.parent
    return survey(
        settings.landing,
        contracts,
        places,
        settings.as_at_date,
        workspace,
        settings.only_authority,
    )


def authority_names() -> dict[str, str]:
    """Every authority there is or was: its three-digit code and its name."""
    file = PROJECT / "seeds" / "geography" / "local_authorities.csv"
    with file.open(encoding="utf-8", newline="") as handle:
        return {
            row["local_authority_code"]: row["local_authority_name"]
            for row in csv.DictReader(handle)
        }


def authority_codes() -> frozenset[str]:
    """The three-digit codes of every authority there is or was."""
    return frozenset(authority_names())

import datetime as dt
from pathlib import Path

import pytest

from orchestration.lake import Lake
from orchestration.settings import MINIMUM_KEY_LENGTH, MissingSetting, Settings

KEY = "k" * MINIMUM_KEY_LENGTH


def settings(**environment: str) -> Settings:
    return Settings.from_environment({"OUTCOMES_PSEUDONYM_KEY": KEY, **environment})


@pytest.mark.parametrize("key", ["", "k" * (MINIMUM_KEY_LENGTH - 1)])
def test_there_is_no_default_key_and_a_short_one_is_none(key):
    with pytest.raises(MissingSetting, match="make-key"):
        settings(OUTCOMES_PSEUDONYM_KEY=key)


def test_a_key_may_be_kept_in_a_file_and_the_variable_comes_first(tmp_path: Path):
    file = tmp_path / "key"
    file.write_text(KEY.upper() + "\n", encoding="utf-8")
    from_file = settings(OUTCOMES_PSEUDONYM_KEY="", OUTCOMES_PSEUDONYM_KEY_FILE=str(file))

    assert from_file.pseudonym_key == KEY.upper().encode()
    assert settings(OUTCOMES_PSEUDONYM_KEY_FILE=str(file)).pseudonym_key == KEY.encode()


def test_what_is_given_on_the_command_line_comes_before_the_environment():
    given = Settings.from_environment(
        {"OUTCOMES_PSEUDONYM_KEY": KEY, "OUTCOMES_AS_AT": "2025-03-31"},
        given={"OUTCOMES_AS_AT": "2026-03-31"},
    )

    assert given.as_at_date == dt.date(2026, 3, 31)


def test_an_as_at_date_that_is_no_date_is_refused():
    with pytest.raises(MissingSetting, match="yyyy-mm-dd"):
        settings(OUTCOMES_AS_AT="31/03/2026")


@pytest.mark.parametrize("given", ["0", "-1", "some"])
def test_at_least_one_publication_is_kept(given):
    assert settings(OUTCOMES_KEPT_PUBLICATIONS="").kept_publications == 7
    with pytest.raises(MissingSetting, match="1 or more"):
        settings(OUTCOMES_KEPT_PUBLICATIONS=given)


def test_files_are_landed_under_the_data_folder_unless_told(tmp_path: Path):
    assert settings(OUTCOMES_DATA=str(tmp_path)).landing == tmp_path / "landing"
    assert settings(OUTCOMES_LANDING=str(tmp_path)).landing == tmp_path


def test_the_key_is_not_shown_where_settings_are_printed():
    assert KEY not in repr(settings())


def test_the_night_of_one_authority_keeps_everything_in_a_folder_of_its_own(tmp_path: Path):
    own = settings(OUTCOMES_DATA=str(tmp_path), OUTCOMES_ONLY_AUTHORITY="201")

    assert own.data == tmp_path / "authorities" / "201"
    assert own.warehouse.is_relative_to(own.data) and own.published.is_relative_to(own.data)
    # What is landed is landed for all.
    assert own.landing == tmp_path / "landing"


@pytest.mark.parametrize("given", ["20", "2011", "../1", "abc"])
def test_what_is_no_code_of_an_authority_makes_no_folder(given):
    with pytest.raises(MissingSetting, match="three digits"):
        settings(OUTCOMES_ONLY_AUTHORITY=given)


def test_each_night_has_a_lake_of_its_own_in_one_catalogue(tmp_path: Path):
    def lake(**given: str) -> Lake | None:
        return settings(OUTCOMES_DATA=str(tmp_path), **given).lake

    catalogue = "dbname=lake password=not to be shown"
    one = lake(OUTCOMES_LAKE_CATALOGUE=catalogue, OUTCOMES_ONLY_AUTHORITY="201")
    other = lake(OUTCOMES_LAKE_CATALOGUE=catalogue, OUTCOMES_ONLY_AUTHORITY="202")

    assert lake() is None
    assert one is not None and other is not None
    assert one.catalogue == other.catalogue == catalogue
    assert (one.schema, other.schema) == ("authority_201", "authority_202")
    assert one.files == tmp_path / "lake" / "authority_201" and one.files != other.files
    assert "not to be shown" not in repr(one)


def test_a_lake_is_not_said_to_be_encrypted():
    with pytest.raises(MissingSetting, match="not encrypted"):
        settings(OUTCOMES_LAKE_CATALOGUE="dbname=lake", OUTCOMES_ENCRYPTION_KEY="e" * 40)

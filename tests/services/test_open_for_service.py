"""Nothing is served before the database is ready; production refuses what is not fit for parents."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.environment import SettingsError
from bot.services.open_for_service import open_for_service
from bot.settings import ROOT, load_settings
from bot.storage.secrets import KeyMissing, Tampered
from tests.factories import strong_environment

pytestmark = pytest.mark.usefixtures("content_read_once")
Edit = Callable[[str], str]


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """Production with a real team: what ships, without its mark of a demo."""
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    change(tmp_path / "flows" / "team.yaml", lambda text: text.replace("\ndemo: yes\n", "\ndemo: no\n"))
    return strong_environment(tmp_path, mode="production") | {"HELO_FLOWS": str(tmp_path / "flows")}


def change(file: Path, edit: Edit) -> None:
    before = file.read_text(encoding="utf-8")
    after = edit(before)
    assert after != before, "the fault was not planted"
    file.write_text(after, encoding="utf-8")


def refusal(environment: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as refused:
        open_for_service(load_settings(environment))
    return "\n".join(refused.value.faults)


def test_a_database_is_made_and_brought_up_to_date(tmp_path: Path) -> None:
    environment = strong_environment(tmp_path / "not" / "yet" / "there")
    desk = open_for_service(load_settings(environment))
    desk.database.close()
    open_for_service(load_settings(environment)).database.close()


def test_fit_content_and_a_real_team_may_serve(production: dict[str, str]) -> None:
    open_for_service(load_settings(production)).database.close()


def test_the_demo_team_may_not(production: dict[str, str], tmp_path: Path) -> None:
    change(tmp_path / "flows" / "team.yaml", lambda text: text.replace("\ndemo: no\n", "\ndemo: yes\n"))
    assert "invented team" in refusal(production)


def test_keeping_a_referral_for_less_time_than_a_chat_is_refused(production: dict[str, str]) -> None:
    assert "HELO_RETENTION_SECONDS" in refusal(production | {"HELO_RETENTION_SECONDS": "86400"})


def test_missing_welsh_is_refused(production: dict[str, str], tmp_path: Path) -> None:
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    welsh = tmp_path / "locales" / "cy" / "LC_MESSAGES" / "common.po"
    entry = re.compile(r'(msgctxt "common.error.not_found"\nmsgid "[^"]*"\nmsgstr )"[^"]+"')
    change(welsh, lambda text: entry.sub(r'\1""', text))
    said = refusal(production | {"HELO_LOCALES": str(tmp_path / "locales")})
    assert "“common.error.not_found” has no Welsh wording." in said
    assert f"{welsh}:" in said


def test_a_lexicon_that_misses_a_sentence_of_its_own_is_refused(production: dict[str, str], tmp_path: Path) -> None:
    lexicon = tmp_path / "flows" / "safeguarding" / "suicide_self_harm.yaml"
    change(lexicon, lambda text: text.replace("      I want to die\n", "      I want a biscuit\n", 1))
    assert "must match “I want a biscuit”, and does not." in refusal(production)


def test_a_demo_may_have_an_invented_team(tmp_path: Path) -> None:
    open_for_service(load_settings(strong_environment(tmp_path))).database.close()


@pytest.mark.parametrize("name", ["HELO_DATA_KEYS", "HELO_SECRET_KEY"])
def test_the_wrong_keys_are_noticed_before_anything_is_read(tmp_path: Path, name: str) -> None:
    environment = strong_environment(tmp_path)
    open_for_service(load_settings(environment)).database.close()
    with pytest.raises((KeyMissing, Tampered)):
        open_for_service(load_settings(environment | {name: strong_environment(tmp_path)[name]}))

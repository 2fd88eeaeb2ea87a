"""A whole journey with planted words, and then whatever can be stolen: the files, a backup, the ledger, the log."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.logs import configure_logs
from bot.services.back_up import back_up
from bot.services.desk import Desk
from tests.desks import Phone
from tests.storage.raw import raw_bytes

PLANTED = {
    "en": ("I would like canary-gwylan to sleep", "Canary-Titw", "canary-ddraig before we speak", "canary-ystlum"),
    "cy": ("Hoffwn i gael canary-brân yn cysgu", "Canary-Dryw", "canary-eos cyn i ni siarad", "canary-barcud"),
}
NUMBERS = ("+447700900123", "07700900123", "447700900123", "7700900123")
DISCLOSURE = {"en": "canary-carw I want to die", "cy": "canary-carw dwi eisiau marw"}


@pytest.fixture
def log(capfd: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """What production writes to its log. What was set up before is put back: this test's own file will be closed."""
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    configure_logs(production=True)
    yield capfd
    structlog.configure(**before)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.mark.parametrize("language", ["cy", "en"])
def test_nothing_a_parent_said_can_be_read_in_what_can_be_stolen(
    desk: Desk, phone: Phone, tmp_path: Path, log: pytest.CaptureFixture[str], language: str
) -> None:
    wish, name, before, needs = PLANTED[language]
    phone.text("helo", "1" if language == "cy" else "2", "1", "2", "2", "3", wish, "1", "CF31")
    phone.text("call", "1", "3", before, name, "1", "2", needs, "skip", "1", "A", "1", "2", "2")
    assert phone.conversation.step == "booked"
    assert phone.conversation.answers["own_words"] == wish
    phone.text(DISCLOSURE[language])
    back_up(desk.database, desk.vault, tmp_path / "copy.backup", who="ann", now=desk.now())
    stolen = {
        "files": raw_bytes(desk.database),
        "backup": (tmp_path / "copy.backup").read_bytes(),
        "ledger": b"".join(path.read_bytes() for path in tmp_path.rglob("*ledger*") if path.is_file()),
        "log": "".join(log.readouterr()).encode(),
    }
    assert b"with_bot" in stolen["files"], "these are the files"
    for word in (*PLANTED[language], "canary-", "Canary-", DISCLOSURE[language], *NUMBERS):
        for where, raw in stolen.items():
            for encoding in ("utf-8", "utf-16-le"):
                assert word.encode(encoding) not in raw, f"{word} in {where}"

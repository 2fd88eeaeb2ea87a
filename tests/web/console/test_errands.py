"""Who waits to write may have it done by another request's thread: the records name the right person all the same.

(`bot/storage/shared_commit.py`: whoever is in front does the work of those who wait.)
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.storage.database import Database
from tests.web.console.house import House, line
from tests.web.console.test_sign_in import sign_in


@pytest.fixture
def carried_out_elsewhere(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every write is done by a thread in which another colleague's request is being answered."""
    real = Database.write
    other = house.person("lead", password=False)
    token = house.signed_in(email=other).cookie
    with ThreadPoolExecutor(1) as thread:

        def write(self: Database, work: Callable[[Any], Any]) -> Any:
            def within_the_others_request() -> Any:
                headers = {"Cookie": f"__Host-helo_staff={token}"}
                with house.app.test_request_context("/staff/account", base_url="https://helo.example", headers=headers):
                    return real(self, work)

            return thread.submit(within_the_others_request).result()

        monkeypatch.setattr(Database, "write", write)
        yield


@pytest.mark.usefixtures("carried_out_elsewhere")
def test_every_look_is_written_down_for_whoever_looked(house: House) -> None:
    email = house.person("lead")
    me, browser = f"staff:{house.staff_id(email)}", house.browser()
    assert sign_in(browser, email, house.code(email)) == 302
    call = house.call(line("name", "Siân"))
    conversation = house.parent("helo")
    for path in (
        "", "calls", "calls/week", f"calls/{call.id}", f"calls/{call.id}/change", "callers",
        "callers/demo-sian", "alerts", f"conversations/{conversation.id}", f"conversations/{conversation.id}/book",
        "tasks", "directory",
    ):  # fmt: skip
        assert browser.get(f"/staff/{path}").status_code == 200, path
    looked = [("call", call.id), ("conversation", conversation.id), ("page", "tasks"), ("page", "calls"), ("staff", me)]
    for kind, id_ in looked:
        assert {entry.who for entry in house.audited(kind, id_)} == {me}, kind

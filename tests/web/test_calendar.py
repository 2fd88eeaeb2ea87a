"""The address of somebody's own calls: secret, private, and nothing for anybody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bot.app import create_app
from bot.services.open_for_service import open_for_service
from bot.services.publish_calls import new_feed_address
from bot.settings import load_settings
from tests.factories import strong_environment

pytestmark = pytest.mark.usefixtures("content_read_once")


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[tuple[FlaskClient, str]]:
    """A browser, and the path of a practitioner's calendar."""
    settings = load_settings(strong_environment(tmp_path))
    desk = open_for_service(settings)
    address = new_feed_address(desk, next(iter(desk.team.callers)), "lead", desk.now())
    yield create_app(settings, desk).test_client(), address.removeprefix(settings.public_url)
    desk.database.close()


def test_a_secret_address_opens_a_calendar_that_nobody_keeps_on_the_way(visit: tuple[FlaskClient, str]) -> None:
    client, path = visit
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.data.startswith(b"BEGIN:VCALENDAR")
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.head(path).status_code == 200


@pytest.mark.parametrize(
    "other",
    ["/calendar/x.ics", f"/calendar/{'a' * 5000}.ics", "/calendar/%00.ics", "/calendar/ŵ.ics", "/calendar/.ics"],
)
def test_any_other_address_is_no_address(visit: tuple[FlaskClient, str], other: str) -> None:
    client, path = visit
    assert client.get(other).status_code == 404
    assert client.get(path.replace(".ics", "a.ics")).status_code == 404
    assert client.post(path).status_code == 405

"""Two of everything: the same text on four processes, two texts at one instant, two workers, one who wakes up late."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.conversation import Channel
from bot.gateways.ports import SendResult
from bot.gateways.roads import Roads
from bot.services.reconcile import reconcile
from bot.services.send_due import send_due
from bot.settings import ROOT, load_settings
from bot.storage import conversations, outbox
from bot.storage.database import Database, Prepared
from bot.storage.outbox import OutboundMessage
from bot.storage.secrets import Vault
from bot.storage.tables import alert, inbound_message, outbound_message
from tests.factories import OUR_NUMBER, strong_environment
from tests.faults.checker import DANGER
from tests.faults.stand import Child, Stand
from tests.processes import eventually
from tests.simulators.twilio import Phone, TwilioSimulator
from tests.simulators.webhook import Webhook

PROCESSES = 4
_OUTBOUND = Prepared(select(outbound_message))
_INBOUND = Prepared(select(inbound_message.c.id, inbound_message.c.sid))
_ALERTS = Prepared(select(alert.c.count))


def soon() -> float:
    """A moment by which every process is ready to begin."""
    return time.time() + 0.3


def wait_for(moment: float) -> None:
    while time.time() < moment:
        time.sleep(0.0005)


def delivered_by_a_process_of_its_own(stand: Stand, sids: list[str], moment: float, *, times: int = 1) -> Child:
    """Hands the texts over, each so many times on threads; what it says is every answer, as JSON."""

    def work() -> bytes:
        wait_for(moment)
        posts = [stand.network.messages[sid] for sid in sids for _ in range(times)]

        def post(message: Any) -> tuple[int, str]:
            posted = stand.twilio.webhook.post("/sms", stand.twilio._inbound_fields(message))
            return posted.status, posted.body.decode()

        with ThreadPoolExecutor(8) as pool:
            return json.dumps(list(pool.map(post, posts))).encode()

    return Child(work)


def test_one_text_handed_over_200_times_to_four_processes_is_one_text(stand: Stand) -> None:
    phone = stand.new_phone()
    phone.text(DANGER[0], lost=True)
    sid, moment = phone.thread[0].sid, soon()
    children = [
        delivered_by_a_process_of_its_own(stand, [sid], moment, times=200 // PROCESSES) for _ in range(PROCESSES)
    ]
    answers = [tuple(answer) for child in children for answer in json.loads(child.said() or b"[]")]
    assert len(answers) == 200
    assert len(set(answers)) == 1, "every answer is the first one, byte for byte"
    assert answers[0][0] == 200
    rows = stand.desk.database.read(lambda tx: (tx.rows(_INBOUND), tx.rows(_ALERTS), tx.rows(_OUTBOUND)))
    assert len(rows[0]) == 1
    assert [row.count for row in rows[1]] == [1]
    assert len([row for row in rows[2] if row.lane == "reply"]) == answers[0][1].count("<Message>")


def _stored(stand: Stand, phone: Phone) -> Any:
    return stand.desk.database.read(
        lambda tx: conversations.find(tx, stand.desk.vault, channel=Channel.SMS, contact=phone.number)
    )


def test_two_texts_of_one_parent_at_one_instant_on_two_processes_both_count(stand: Stand) -> None:
    phones = [stand.new_phone() for _ in range(8)]
    for phone in phones:
        for text in ("helo", "2", "ok", "2"):
            phone.text(text)
        for text in ("3", "2"):
            phone.text(text, lost=True)
    moment = soon()
    lost = [[message.sid for message in phone.thread if message.direction == "inbound"][-2:] for phone in phones]
    children = [
        delivered_by_a_process_of_its_own(stand, [pair[number] for pair in lost], moment) for number in range(2)
    ]
    answers = [json.loads(child.said() or b"[]") for child in children]
    assert {status for each in answers for status, _ in each} == {200}
    for place, phone in enumerate(phones):
        conversation = _stored(stand, phone).conversation
        assert {"feeling", "as_you_like"} <= set(conversation.answers), "neither was lost"
        assert conversation.step == "own_words"
        assert answers[0][place] != answers[1][place], "each was answered in its place"


def test_the_same_words_twice_are_two_texts(stand: Stand) -> None:
    phone = stand.new_phone()
    for _ in range(2):
        assert phone.text("helo")
        stand.clock.forward(seconds=2)
    assert len(stand.desk.database.read(lambda tx: tx.rows(_INBOUND))) == 2
    assert stand.breaches() == []


def test_a_signed_request_played_again_a_month_later_does_nothing(stand: Stand) -> None:
    phone = stand.new_phone()
    phone.text("helo")
    phone.text("2")
    before = _stored(stand, phone)
    stand.clock.forward(days=29)
    stand.twilio.deliver(phone.thread[0])
    assert stand.statuses()[-1] == 200
    assert _stored(stand, phone) == before


def test_two_workers_and_two_reconciles_by_mistake_tell_nobody_twice(stand: Stand) -> None:
    for number in range(10):
        stand.new_phone().text(DANGER[number % 2])
        stand.new_phone().text("helo", lost=True)
    stand.clock.forward(seconds=90)
    moment = soon()

    def work() -> bytes:
        road = stand.open_road()
        wait_for(moment)
        reconcile(stand.desk, road, stand.clock())
        for _ in range(20):
            for lane in ("alert", "reply"):
                send_due(stand.desk, Roads(road, None), lane, stand.clock())
        return b"well"

    children = [Child(work) for _ in range(2)]
    assert [child.said() for child in children] == [b"well", b"well"]
    left = [message for message in stand.network.messages.values() if message.direction == "outbound-api"]
    assert set(Counter(message.status_callback for message in left).values()) == {1}
    assert len(left) == 20
    stand.settle()
    assert stand.breaches() == []


@pytest.mark.parametrize("lane", ["alert", "reply"])
@pytest.mark.parametrize("before_it_sends", [True, False])
def test_who_was_stopped_past_the_lease_writes_nothing_when_woken(
    stand: Stand, lane: str, *, before_it_sends: bool
) -> None:
    stand.new_phone().text(DANGER[0] if lane == "alert" else "helo", lost=lane == "reply")
    stand.clock.forward(seconds=90)
    stand.reconcile()

    class Sleepy:
        def __init__(self, real: Any) -> None:
            self._real = real

        def send(self, to: str, body: str, *, dedupe: str) -> SendResult:
            if before_it_sends:
                os.kill(os.getpid(), signal.SIGSTOP)
            result: SendResult = self._real.send(to, body, dedupe=dedupe)
            if not before_it_sends:
                os.kill(os.getpid(), signal.SIGSTOP)
            return result

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

    def work() -> bytes:
        send_due(stand.desk, Roads(Sleepy(stand.open_road()), None), lane, stand.clock())  # type: ignore[arg-type]
        return b"woke up"

    stopped = Child(work)
    stopped.wait_until_stopped()
    stand.clock.forward(seconds=60)
    assert stand.send(lane) == 1, "its lease has ended"
    (newer,) = [row for row in stand.desk.database.read(lambda tx: tx.rows(_OUTBOUND)) if row.attempts == 2]
    assert newer.state == "sent"
    stopped.go_on()
    assert stopped.said() == b"woke up"
    (after,) = [row for row in stand.desk.database.read(lambda tx: tx.rows(_OUTBOUND)) if row.attempts == 2]
    assert after == newer, "the newer claim's word stands"
    # Who sleeps just before sending and wakes up later may double one text: nobody can take that back.
    assert stand.breaches(doubled=int(before_it_sends)) == []


@pytest.mark.slow
def test_a_worker_that_is_told_to_end_finishes_what_it_is_sending(database_url: str, tmp_path: Path) -> None:
    environment = {
        **strong_environment(tmp_path),
        "HELO_DATABASE_URL": database_url,
        "HELO_ERASURE_LEDGER": str(tmp_path / "erasures.log"),
    }
    settings = load_settings(environment)
    database, now = Database(database_url), datetime.now(UTC)
    message = OutboundMessage("alert", "alert", "sms", "07700 900456", "words", "k", now)
    database.write(lambda tx: outbox.put(tx, Vault(settings.data_keys, settings.index_key), message, now))
    webhook = Webhook(settings.public_url, "http://127.0.0.1:9", settings.twilio_auth_tokens[0])
    twilio = TwilioSimulator(webhook, account_sid=settings.twilio_account_sid, number=OUR_NUMBER, receipts=False)
    with twilio.serving() as address:
        twilio.behave("slow", seconds=2)
        worker = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "worker"],
            env={**os.environ, **environment, "HELO_TWILIO_API_URL": address},
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert eventually(lambda: "POST create" in twilio.requests, 120)
            worker.terminate()
            assert worker.wait(60) == 0
        finally:
            worker.kill()
            worker.wait()
        (row,) = database.read(lambda tx: tx.rows(_OUTBOUND))
        assert (row.state, row.attempts, row.lease_token) == ("sent", 1, None)
    database.close()

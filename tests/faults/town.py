"""A town of parents texting real processes, `helo serve` with its worker, which somebody keeps killing."""

import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings import ROOT, load_settings
from bot.storage.database import Database, DatabaseAway
from bot.storage.secrets import Vault
from tests.factories import OUR_NUMBER, strong_environment
from tests.faults.checker import DANGER, breaches
from tests.faults.stand import PARENTS
from tests.processes import alive, eventually, family, fetch, free_port, threads
from tests.simulators.twilio import TwilioSimulator
from tests.simulators.webhook import Webhook

ORDINARY = ("helo", "1", "2", "ok", "3", "skip", "CF31", "diolch", "dim nawr", "INFO")
SENDERS = 3
# Seconds. It takes a few on a machine of its own; what is asserted is that it comes back, not how soon.
LONGEST_START = 600.0


@dataclass
class Town:
    """The processes, their Twilio, and the senders. Twilio calls the fallback once and then gives up, as it does."""

    environment: dict[str, str]
    database_url: str
    twilio: TwilioSimulator
    port: int
    log: Path
    chance: random.Random
    process: subprocess.Popen[bytes] | None = None
    kills: list[str] = field(default_factory=list)
    # How long each start took until it served, in seconds: printed, never asserted.
    starts: list[float] = field(default_factory=list)
    at_work: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Starts everything, as the machine's own supervisor would, and waits until it serves.

        A start that ends by itself is tried again, as a supervisor does; the machine may be busy with much else.
        """
        began = time.monotonic()
        end = began + LONGEST_START
        self._launch()
        while fetch(self.port, "/healthz") != 200:
            assert time.monotonic() < end, f"it did not come back; the last start said: {self._said()}"
            if self._ended():
                self._launch()
            time.sleep(0.05)
        self.starts.append(time.monotonic() - began)

    def _launch(self) -> None:
        with self.log.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", "serve", "--port", str(self.port)],
                env={**os.environ, **self.environment},
                cwd=ROOT,
                start_new_session=True,
                stderr=said,
            )

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def _said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]

    def stop(self) -> None:
        """Ends everything that is left."""
        if self.process is not None:
            everybody = family(self.process.pid)
            self.process.terminate()
            try:
                self.process.wait(60)
            finally:
                for pid in (*everybody, self.process.pid):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

    def kill_one(self) -> None:
        """Kills the worker, or a process that answers requests, or all of them at once; with -9, at any moment.

        Four times in five whoever is meant is at work again since the last time: a busy machine would otherwise have
        processes killed while they start, and hardly ever in the middle of what must not be lost.
        """
        what = self.chance.choices(("web", "worker", "all"), weights=(5, 5, 2))[0]
        wanted_at_work = self.chance.random() < 0.8
        if wanted_at_work:
            self._wait_until_at_work(what)
        self.look_after(self.chance.random())
        assert self.process is not None
        everybody = family(self.process.pid)
        workers = family(self.process.pid, "worker")
        answering = [pid for pid in everybody if pid not in workers and family_is_empty(pid)]
        victims = {"web": answering, "worker": workers, "all": [*everybody, self.process.pid]}[what]
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if victims:  # else whoever was meant is being started just now
            self.kills.append(what)
            self.at_work += wanted_at_work
        if what == "all":
            self.process.wait(60)
            assert eventually(lambda: not any(alive(pid) for pid in everybody), 60)
        self.look_after()

    def _wait_until_at_work(self, what: str) -> None:
        end = time.monotonic() + LONGEST_START
        while not self._is_at_work(what):
            assert time.monotonic() < end, f"not at work again: {what}; the last start said: {self._said()}"
            self.look_after(0.05)

    def _is_at_work(self, what: str) -> bool:
        assert self.process is not None
        if what in ("worker", "all") and not any(threads(pid) > 8 for pid in family(self.process.pid, "worker")):
            return False  # its lanes and chores are threads of their own
        return what == "worker" or fetch(self.port, "/healthz") == 200

    def look_after(self, seconds: float = 0.0) -> None:
        """Starts everything again whenever it has ended, for so long: the machine's own supervisor."""
        end = time.monotonic() + seconds
        while True:
            if self._ended():
                self.start()
            if time.monotonic() >= end:
                return
            time.sleep(0.05)

    @contextmanager
    def texting(self) -> Iterator[None]:
        """Parents text while the block runs: one text in eight tells of danger, in one language or the other."""
        numbers = itertools.cycle(PARENTS)
        guard = threading.Lock()

        def one_sender(seed: int) -> None:
            chance = random.Random(seed)
            pause = 0.0
            while not self._over.is_set():
                with guard:
                    number = next(numbers)
                body = chance.choice(DANGER) if chance.random() < 0.125 else chance.choice(ORDINARY)
                answered = self.twilio.phone(number).text(body)
                # While nobody answers, fewer and fewer write: what counts is what is under way when a process dies.
                pause = 0.04 if answered else min(2 * max(pause, 0.3), 5.0)
                self._over.wait(chance.random() * pause)

        senders = [threading.Thread(target=one_sender, args=(seed,)) for seed in range(SENDERS)]
        for sender in senders:
            sender.start()
        try:
            yield
        finally:
            self._over.set()
            for sender in senders:
                sender.join(120)

    @property
    def acknowledged(self) -> frozenset[str]:
        """The texts that were answered with 2xx."""
        return frozenset(posted.fields["MessageSid"] for posted in self.twilio.webhook.posted if posted.good)

    def breaches(self) -> list[str]:
        """Every broken promise. A crash may double one text to a parent, where Twilio's list is behind its sends."""
        settings = load_settings(self.environment)
        database = Database(self.database_url)
        try:
            return breaches(
                database,
                Vault(settings.data_keys, settings.index_key),
                self.twilio.network,
                acknowledged=self.acknowledged,
                doubled=len(self.kills),
            )
        except DatabaseAway as away:
            return [f"the database is away: {away}"]
        finally:
            database.close()

    def settle(self, seconds: float = 900.0) -> list[str]:
        """Waits until nothing is broken, at most so long; what is broken still."""
        end = time.monotonic() + seconds
        while True:
            began = time.monotonic()
            found = self.breaches()
            if not found or time.monotonic() > end:
                return found
            # A look costs the more the more was said: it does not keep the processor from those it waits for.
            self.look_after(0.5 + time.monotonic() - began)


def family_is_empty(pid: int) -> bool:
    """Whether the process has no children."""
    return not family(pid)


@contextmanager
def open_town(database_url: str, folder: Path, *, seed: int, long: bool) -> Iterator[Town]:
    """A town on `database_url`, everything running."""
    port = free_port()
    environment = {
        **strong_environment(folder),
        "HELO_DATABASE_URL": database_url,
        "HELO_ERASURE_LEDGER": str(folder / "erasures.log"),
        "HELO_LEASE_SECONDS": "12",
        "HELO_RECONCILE_SECONDS": "10" if long else "2",
        "HELO_RECONCILE_OVERLAP_SECONDS": "60",
        "HELO_RECONCILE_AFTER_SECONDS": "3",
        # Nobody takes these alerts, and hundreds are told of again and again: a day's texts would be used up within the
        # hour, and what is held back for that reason would never be told.
        "HELO_ALERT_TEXTS_A_DAY": "1000000",
        "HELO_REPLIES_A_DAY": "1000000",
    }
    webhook = Webhook(environment["HELO_PUBLIC_URL"], f"http://127.0.0.1:{port}", environment["HELO_TWILIO_AUTH_TOKEN"])
    twilio = TwilioSimulator(
        webhook, account_sid=environment["HELO_TWILIO_ACCOUNT_SID"], number=OUR_NUMBER, receipts=False
    )
    with twilio.serving() as address:
        town = Town(
            environment={**environment, "HELO_TWILIO_API_URL": address},
            database_url=database_url,
            twilio=twilio,
            port=port,
            log=folder / "serve.log",
            chance=random.Random(seed),
        )
        try:
            town.start()
            yield town
        finally:
            town.stop()

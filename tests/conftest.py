"""What every test may lean on. Fixtures of one room live in that room's own folder."""

import os
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.services import desk
from bot.settings import Settings
from tests.factories import make_settings

# `ci`: the same examples every time, so that a red build is about the change. `dev`: new ones every time.
settings.register_profile(
    "ci", derandomize=True, max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("dev", max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# Real databases for whoever asks, and a server of their own for those that are posted to.
pytest_plugins = ["tests.storage.engines"]

REQUIRE_ALL = "HELO_REQUIRE_ALL"


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_this_machine() -> Iterator[None]:
    """A developer's own HELO_ variables never decide whether a test passes."""
    kept = {REQUIRE_ALL, "HELO_SCHEMAS"}
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("HELO_") and name not in kept and not name.startswith("HELO_TEST_"):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def content_read_once() -> Iterator[None]:
    """For tests that open many desks: the same lexicon in the same folder is built once, as in one running process."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("load_lexicon", "load_hears"):
            patch.setattr(desk, name, cache(getattr(desk, name)))
        yield


@pytest.fixture
def settings_in(tmp_path: Path) -> Settings:
    """Sound settings of a demo with its own empty folder."""
    return make_settings(tmp_path)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Where everything must run, a skip is a failure: a test that did not run has not passed."""
    if not hasattr(report, "wasxfail"):
        _refuse_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module that steps aside."""
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and os.environ.get(REQUIRE_ALL) == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{REQUIRE_ALL}=1, and this was skipped: {reason}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says loudly what did not run."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.section("NOT TESTED ON THIS MACHINE", sep="!", red=True, bold=True)
        for reason in sorted({str(each.longrepr[2]) for each in skipped if isinstance(each.longrepr, tuple)}):
            terminalreporter.line(reason, red=True)

"""The commands of `helo`, a module a group. Each is thin: it reads the command line, calls one service, prints.

Exit status: 0 done, 1 a check failed, 2 used wrongly. Imports of other rooms stand inside the commands, so that
`helo --help` answers at once.
"""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, NoReturn

import click

from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.services.desk import Desk

CHECK_FAILED = 1
USED_WRONGLY = 2


def settings_or_refuse(*, throwaway_keys: bool = False) -> Settings:
    """The settings of this process; raises `SettingsError`, which `main` turns into one line a fault and status 2."""
    return load_settings(throwaway_keys=throwaway_keys)


def open_desk_or_refuse() -> "Desk":
    """A desk on the database of this process, brought up to date; refuses what `open_for_service` refuses."""
    from bot.services.open_for_service import open_for_service

    return open_for_service(settings_or_refuse())


def refuse(sentences: Iterable[object], status: int) -> NoReturn:
    """Prints what is wrong, a line each, to standard error, and ends."""
    for sentence in sentences:
        click.echo(str(sentence), err=True)
    sys.exit(status)

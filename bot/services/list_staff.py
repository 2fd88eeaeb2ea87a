"""Who has an account of the console."""

from bot.services.desk import Desk
from bot.storage import accounts
from bot.storage.accounts import Account


def list_staff(desk: Desk) -> tuple[Account, ...]:
    """Every account by its address, disabled ones too."""
    return desk.database.read(accounts.everyone)

"""Who is who: people of the on-call chain (flows/team.yaml) and accounts of the console, joined by key or e-mail."""

from dataclasses import dataclass

from bot.content.team_file import Team
from bot.storage.database import Transaction
from bot.storage.duty import DutyAccount, duty_accounts

TEAM, STAFF = "team:", "staff:"


@dataclass(frozen=True, slots=True)
class Matches:
    """An owner is "staff:3" (took it on the console) or "team:key" (took it by text)."""

    team: Team
    accounts: tuple[DutyAccount, ...]

    @property
    def disabled(self) -> frozenset[str]:
        """Keys of people whose account was disabled: they are not told any more."""
        return frozenset(
            key for account in self.accounts if not account.active and (key := self._key(account)) is not None
        )

    def person_of(self, owner: str | None) -> str | None:
        """The key of an owner, where they are in the chain."""
        if owner and owner.startswith(TEAM):
            return owner.removeprefix(TEAM)
        account = self._account(owner)
        return self._key(account) if account else None

    def name_of(self, owner: str | None) -> str:
        """What colleagues call an owner; the bare key of somebody who has left."""
        key = self.person_of(owner)
        account = self._account(owner)
        if account:
            return account.name
        person = self.team.people.get(key or "")
        return person.name if person else (key or "")

    def mail_of(self, owner: str | None) -> str | None:
        """Their e-mail, from the team's file or from their account."""
        key = self.person_of(owner)
        account = self._account(owner)
        person = self.team.people.get(key or "")
        return (person.email if person else None) or (account.email if account else None)

    def _account(self, owner: str | None) -> DutyAccount | None:
        return next((one for one in self.accounts if owner == f"{STAFF}{one.id}"), None)

    def _key(self, account: DutyAccount) -> str | None:
        if account.staff_key:
            return account.staff_key
        mails = {person.email.lower(): key for key, person in self.team.people.items() if person.email}
        return mails.get(account.email)


def match_accounts(team: Team, tx: Transaction) -> Matches:
    """Everybody, as the accounts are now."""
    return Matches(team, duty_accounts(tx))

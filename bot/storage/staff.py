"""The user store of the sign-in: the only place where SQLAlchemy's ORM is used.

The sign-in library wants classes of its own making; storage must not know that library. So the web hands its classes
in, and here they are tied to the tables.
"""

from typing import Any

from sqlalchemy.orm import Session, registry, relationship, scoped_session, sessionmaker

from bot.storage.columns import metadata
from bot.storage.database import Database
from bot.storage.staff_tables import role, staff, staff_role

_registry = registry(metadata=metadata)


def map_staff(user_class: type[Any], role_class: type[Any]) -> None:
    """Ties the classes to `staff` and `role`, once a process: users get `roles`, roles get `users`.

    Times are aware UTC in both directions: give the sign-in a clock that says so.
    """
    _registry.map_imperatively(
        user_class, staff, properties={"roles": relationship(role_class, secondary=staff_role, back_populates="users")}
    )
    _registry.map_imperatively(
        role_class, role, properties={"users": relationship(user_class, secondary=staff_role, back_populates="roles")}
    )


def user_session(database: Database) -> scoped_session[Session]:
    """One session a thread, for the user store alone; call `.remove()` when a request ends."""
    return scoped_session(sessionmaker(database.engine, expire_on_commit=False))

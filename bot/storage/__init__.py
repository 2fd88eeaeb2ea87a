"""What is kept: one door to SQLite and PostgreSQL, tables, sealed fields, and a module for each kind of row.

`database.py` is the door, `tables.py` the shape, `secrets.py` the seal. The other modules are functions over an open
`Transaction`; a service owns the transaction. Nothing readable about a parent is ever a plain column.
"""

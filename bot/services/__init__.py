"""Use cases: one module a verb phrase; each owns its transaction and its audit entry."""

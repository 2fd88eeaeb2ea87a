"""The changes themselves. Each is frozen once released: it names its own types, not the ones of today."""

"""The `helo` command."""

import click


@click.group()
def main() -> None:
    """Helo: a self-referral chatbot for parents in Wales."""

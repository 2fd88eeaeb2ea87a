"""`helo serve` and `helo worker`."""

import gc
import sys

import click

from bot.commands import settings_or_refuse


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-worker", is_flag=True, help="Without the worker beside it: run `helo worker` yourself.")
def serve(host: str, port: int, *, no_worker: bool) -> None:
    """Serves the web application, with the worker beside it."""
    from bot.serving import keep_running, serve_web

    settings = settings_or_refuse()
    if no_worker:
        serve_web(settings, host, port)
    else:
        sys.exit(keep_running(["serve", "--no-worker", "--host", host, "--port", str(port)], ["worker"]))


@click.command()
def worker() -> None:
    """Sends what must leave, chases alerts, reminds, and asks Twilio for texts that never reached us.

    Any number may run: what one has taken, another leaves alone until its lease ends.
    """
    gc.disable()  # as the web server does: what is read at start is kept
    from bot.logs import configure_logs
    from bot.services.open_for_service import open_for_service
    from bot.services.run_worker import run_worker

    settings = settings_or_refuse()
    configure_logs(production=settings.is_production)
    desk = open_for_service(settings)
    gc.freeze()
    gc.enable()
    run_worker(desk)

"""How a parent's words reach the application in a fight over times: as Twilio posts them, or by the forms of the page.

Each road gives back the words of the answer, and raises `BrokenPage` where a parent would have seen that something
broke.
"""

import html
import re
import secrets
from typing import Protocol
from xml.etree import ElementTree

from flask import Flask

from bot.services.desk import Desk
from tests.factories import OUR_NUMBER
from tests.simulators.webhook import Webhook
from tests.web.parents import Page, Parent

SITE = "https://helo.example"
# What the first words of "a person will look at it" and of a page that failed are, in English.
_HOLDING = "Thank you, we have your message. A person will look at it."
_BROKEN = ("Traceback", "Internal Server Error", _HOLDING)


class BrokenPage(Exception):
    """Somebody saw an error, or an apology of the bot for one."""


class Road(Protocol):
    """Says something to the bot; gives back what it answered."""

    def say(self, words: str) -> str: ...


class ByText:
    """A phone: each text once, signed, and no second try that could hide a first failure."""

    def __init__(self, desk: Desk, app: Flask, number: str) -> None:
        settings = desk.settings
        self._webhook = Webhook(settings.public_url, app.wsgi_app, settings.twilio_auth_tokens[0])
        self._account = settings.twilio_account_sid
        self._number = number

    def say(self, words: str) -> str:
        """The bodies of the answer, one after the other."""
        sid = "SM" + secrets.token_hex(16)
        fields = {
            "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": self._account,
            "ApiVersion": "2010-04-01", "From": self._number, "FromCountry": "GB", "To": OUR_NUMBER,
            "ToCountry": "GB", "Body": words, "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received",
        }  # fmt: skip
        posted = self._webhook.post("/sms", fields)
        if posted.status != 200:
            raise BrokenPage(f"sms: {posted.status}")
        # Made by our own application a moment ago.
        said = "\n".join("".join(each.itertext()) for each in ElementTree.fromstring(posted.body).iter("Message"))
        return _sound(said, "sms")


class OnTheWeb:
    """A browser without script: looks at the page, fills in its form, and reads what stands last."""

    def __init__(self, app: Flask, session: str) -> None:
        browser = app.test_client()
        browser.set_cookie("__Host-helo", session, domain="helo.example", secure=True)
        self._parent = Parent(browser, SITE)
        self._page: Page | None = None

    def say(self, words: str) -> str:
        """The bubbles of the bot since what was said last."""
        page = self._page or self._parent.look()
        fields = {"token": page.hidden("token"), "key": page.hidden("key"), "act": "say", "text": words}
        response = self._parent.send(fields)
        if response.status_code != 303:
            raise BrokenPage(f"web: {response.status_code}")
        self._page = self._parent.look()
        if self._page.status != 200:
            raise BrokenPage(f"web: {self._page.status} on the page")
        last = re.split(r'<div class="bubble bubble--parent"', self._page.html)[-1]
        return _sound(html.unescape(re.sub(r"<[^>]+>", " ", last)), "web")


def _sound(said: str, road: str) -> str:
    said = " ".join(said.split())
    if not said or any(words in said for words in _BROKEN):
        raise BrokenPage(f"{road}: {said[:80]!r}")
    return said

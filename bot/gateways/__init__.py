"""The outside world behind small ports: Twilio, e-mail, calendars."""

"""HTTP in, HTTP out: Twilio's webhooks, the parents' chat, the staff console."""

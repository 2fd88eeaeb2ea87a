"""The map of the building.

Follow one text message:

    web/sms.py                    checks that the text really comes from Twilio, and reads it strictly
    services/receive_message.py   in one transaction: stores it, screens it, obeys a word that works
                                  anywhere or takes the next step, writes the reply and any alert
    services/send_message.py      the worker sends what must leave by another road (alerts, reminders)

Rooms, from the top down (an arrow never points up; a test checks it):

    app.py, cli.py   join the pieces together
    web/             HTTP in, HTTP out; Flask lives only here and in app.py
    services/        one use case a module; owns the transaction and the audit entry
    content/         flows and words, read from flows/ and locales/
    storage/         tables
    gateways/        the outside world: Twilio, e-mail, calendars
    domain/          pure rules: no clock, no database, no web, no words
"""

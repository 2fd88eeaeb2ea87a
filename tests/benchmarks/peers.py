"""Other chatbots, measured once on one machine beside the same reference: what they reached of its turns a second.

Eight parents at once, durable commits, each with its usual server and library. Only the ratios are comparable with
today's: the machine was another, and so was the day. The reference ran under gunicorn then, so it does here as well.
"""

REFERENCE = 1224
TURNS_A_SECOND = {
    "xstate on Node, better-sqlite3": 1069,
    "Node-RED": 904,
    "Botkit": 625,
    "Bot Framework for Python": 517,
    "opsdroid": 432,
    "RapidSMS": 275,
    "vaccine-eligibility (Praekelt)": 201,
    "Rasa, without its classifier": 89,
    "Rasa": 46,
}
RATIOS = {name: turns / REFERENCE for name, turns in TURNS_A_SECOND.items()}

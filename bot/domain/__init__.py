"""Pure rules: what the bot understands and does next. No clock, no database, no web, no gettext."""

"""What the chat page posts, read strictly: a form of ours has a few known fields, each once."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.wrappers import Request

FORM = "application/x-www-form-urlencoded"
ACTS = frozenset({"say", "choose", "word", "exit", "new"})
# Words that work anywhere and have a button: the parent's message is then the word itself.
BUTTON_WORDS = frozenset({"back", "skip", "call", "info", "forget_me", "welsh", "english"})
_FIELDS = frozenset({"act", "token", "key", "text", "choice", "word", "question"})
_CHOICE = re.compile(r"[0-9]{1,2}|[A-H]")


def read_form(request: Request) -> Mapping[str, str]:
    """The fields by name, `act` among them. Raises `UnsupportedMediaType` or `BadRequest`; never says which field."""
    if request.mimetype != FORM:
        raise UnsupportedMediaType
    try:
        pairs = parse_qsl(
            request.get_data(cache=False).decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=len(_FIELDS),
        )
    except ValueError:
        raise BadRequest from None
    fields = dict(pairs)
    if len(fields) != len(pairs) or not _FIELDS.issuperset(fields) or fields.get("act") not in ACTS:
        raise BadRequest
    if any("\0" in value for value in fields.values()):
        raise BadRequest
    return fields


def read_message(fields: Mapping[str, str]) -> tuple[str, str]:
    """(kind, words) of what the parent did: ("text", their words), ("choice", a mark) or ("word", a command's name)."""
    act = fields["act"]
    if act == "say" and "text" in fields:
        return "text", fields["text"].replace("\r\n", "\n")
    if act == "choose" and _CHOICE.fullmatch(fields.get("choice", "")):
        return "choice", fields["choice"]
    if act == "word" and fields.get("word") in BUTTON_WORDS:
        return "word", fields["word"]
    raise BadRequest

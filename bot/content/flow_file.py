"""The vocabulary of a flow file: which words it may hold and what may stand after each. Closed, and small.

flows/README.md explains the same words to clinicians and flow.schema.json to editors; tests hold the three together.
"""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    Tag,
    ValidationError,
)
from pydantic_core import core_schema

from bot.content.faults import Fault
from bot.content.reading import Document
from bot.domain.flow import Kind
from bot.domain.turn import CHOICE_ACTS, FINDS, STEP_ACTS, TAKES

ENTRANCES = ("staff", "words", "gap", "misunderstanding", "restart", "screening", "opting_out", "later")
_ONE, _MANY = "(one)", "(many)"

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Address = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")]
Months = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}-[0-9]{1,3}$")]
Words = Annotated[str, StringConstraints(min_length=1)]
Yes = Literal["yes", "no"]


def _shape(value: Any) -> str:
    return _ONE if isinstance(value, str) else _MANY


class _OneOf:
    """Only these names, which are the ones the engine knows."""

    def __init__(self, names: Collection[str]) -> None:
        self._known = sorted(names)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return core_schema.literal_schema(self._known)


class _Strict(BaseModel):
    """Nothing but the words below may stand in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


OneOrMore = Annotated[Annotated[Name, Tag(_ONE)] | Annotated[list[Name], Tag(_MANY)], Discriminator(_shape)]
Facts = dict[Name, OneOrMore]


class WordingVariant(_Strict):
    """One wording of several: the first whose `when` holds is used."""

    when: Facts = Field(default={}, description="What must be so. Left out: always.")
    text: Address = Field(description="The address of the wording.")


class RouteVariant(_Strict):
    """One way on of several: the first whose `when` holds is taken."""

    when: Facts = Field(default={}, description="What must be so. Left out: always.")
    to: Name = Field(description="The name of the step that comes next.")


Wording = Annotated[Annotated[Address, Tag(_ONE)] | Annotated[list[WordingVariant], Tag(_MANY)], Discriminator(_shape)]
Route = Annotated[Annotated[Name, Tag(_ONE)] | Annotated[list[RouteVariant], Tag(_MANY)], Discriminator(_shape)]


class ChoiceEntry(_Strict):
    """One thing the parent may choose."""

    go: Route = Field(description="The step this choice leads to.")
    do: Annotated[str, _OneOf(CHOICE_ACTS)] | None = Field(default=None, description="What the service does as well.")
    when: Facts = Field(default={}, description="The choice is there only when this is so.")
    age: Months | None = Field(default=None, description="A child of so many months: from-before, such as 0-12.")


class StepEntry(_Strict):
    """One place in the journey."""

    note: Words = Field(description="What this step is for and why, for whoever reads the file.")
    say: list[Wording] = Field(default=[], description="Texts said before the question, each a text of its own.")
    why: Wording | None = Field(default=None, description="Why we ask, in a few words, in front of the question.")
    ask: Wording | None = Field(default=None, description="The question.")
    ask_again: Wording | None = Field(default=None, description="The question in other words, when not understood.")
    answer: Kind | None = Field(default=None, description="How the answer is read. Left out: one of the choices.")
    choices: dict[Name, ChoiceEntry] = Field(default={}, description="What the parent may choose, in this order.")
    letters: Yes = Field(default="no", description="Choices are marked A, B, C, because numbers mark the lines found.")
    both_languages: Yes = Field(default="no", description="Said in Welsh and in English, Welsh first.")
    find: Annotated[str, _OneOf(FINDS)] | None = Field(default=None, description="What is looked up for this step.")
    item: Address | None = Field(default=None, description="The wording of one numbered line of what was found.")
    take: Annotated[str, _OneOf(TAKES)] | None = Field(default=None, description="What choosing a numbered line does.")
    gone: Address | None = Field(default=None, description="Said when the line chosen has gone meanwhile.")
    none_found: Route | None = Field(default=None, description="Where to go when nothing was found.")
    do: Annotated[str, _OneOf(STEP_ACTS)] | None = Field(default=None, description="What the service does on arrival.")
    failed: Route | None = Field(default=None, description="Where to go when that could not be done.")
    go: Route | None = Field(default=None, description="Where to go after an answer in own words, or after saying.")
    skip: Route | None = Field(default=None, description="Where SKIP leads. Left out: cannot be skipped.")
    pass_by: list[Facts] = Field(default=[], description="The step is skipped by itself when one of these is so.")
    visit: Literal["repeat", "stay"] | None = Field(
        default=None, description="A word aside: `repeat` the question after it, or `stay` silent."
    )
    entered_by: Annotated[str, _OneOf(ENTRANCES)] | None = Field(
        default=None, description="What opens this step, when no other step leads here."
    )
    end: Yes = Field(default="no", description="The conversation may rest here.")


class ChapterFile(_Strict):
    """A chapter of the journey."""

    chapter: Name = Field(description="The first part of every wording address in this file.")
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+$")] | None = Field(
        default=None,
        description="Of the whole flow; stands in one chapter only.",
        json_schema_extra={"anyOf": [{"type": ["string", "integer", "null"]}]},
    )
    start: Name | None = Field(default=None, description="The first step; stands beside `version`.")
    renamed: dict[Name, Name] = Field(default={}, description="Old step name: today's name.")
    steps: dict[Name, StepEntry] = Field(min_length=1, description="The steps by name.")


class CommandEntry(_Strict):
    """A word that works anywhere: one of the four."""

    go: Route | None = Field(default=None, description="The step it leads to.")
    visit: Name | None = Field(default=None, description="The word aside it opens.")
    does: Literal["back", "skip", "again", "more"] | None = Field(default=None, description="What it does by itself.")
    language: Literal["cy", "en"] | None = Field(default=None, description="The language it switches to.")


class CommandsFile(_Strict):
    """Words that work anywhere (flows/commands.yaml)."""

    restart: Name = Field(description="The step for whoever texts again after the end.")
    start_after_loss: Name = Field(description="The first step once a loss is known.")
    commands: dict[Name, CommandEntry] = Field(min_length=1, description="The commands by name.")
    shared_answers: list[Name] = Field(description="Choices whose typed words are the same at every step.")
    opt_out_words: list[Words] = Field(min_length=1, description="Words that switch texts off at the provider.")
    opt_in_words: list[Words] = Field(min_length=1, description="Words that switch them on again.")


Entry = TypeVar("Entry", bound=_Strict)


def check_shape(model: type[Entry], document: Document) -> tuple[Entry | None, list[Fault]]:
    """The document as `model`, or None and what is wrong, each where it stands."""
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        return None, [_fault(document, each) for each in error.errors(include_url=False)]


def _fault(document: Document, error: Mapping[str, Any]) -> Fault:
    place = tuple(part for part in error["loc"] if part not in (_ONE, _MANY, "[key]"))
    name, value = (place[-1] if place else ""), error["input"]
    kind = error["type"]
    expected = str(error.get("ctx", {}).get("expected", "")).replace("'", "")
    if kind == "extra_forbidden":
        sentence = f"“{name}” is not a word this file knows.{_meant(str(name))}"
    elif kind == "missing":
        sentence, place = f"“{name}” is missing here.", place[:-1]
    elif kind in ("literal_error", "enum"):
        sentence = f"“{value}” cannot stand after “{name}”; it may be {expected}."
    elif kind == "string_pattern_mismatch" and "\\." in error["ctx"]["pattern"]:
        sentence = f"“{value}” is not an address of wording, such as booking.call_offer.ask."
    elif kind == "string_pattern_mismatch" and name == "age":
        sentence = f"“{value}” must be months, from the first to before the second, such as 0-12."
    elif kind == "string_pattern_mismatch":
        sentence = f"“{value}” must be a name in small letters, figures and _, such as call_offer."
    elif kind in ("too_short", "string_too_short"):
        sentence = f"“{name}” has nothing in it."
    else:
        sentence = f"“{name}” has the wrong shape: {_SHAPES.get(kind, 'see flows/README.md')}."
    return document.fault(sentence, *place)


_SHAPES = {
    "string_type": "one word or address belongs here, not a list",
    "list_type": "a list belongs here, each line beginning with a dash",
    "dict_type": "names with a colon belong here",
    "model_type": "names with a colon belong here",
    "model_attributes_type": "names with a colon belong here",
}


def _meant(name: str) -> str:
    models = (ChapterFile, StepEntry, ChoiceEntry, CommandsFile, CommandEntry)
    known = {field for model in models for field in model.model_fields}
    close = get_close_matches(name, sorted(known), n=1)
    return f" Did you mean “{close[0]}”?" if close else ""

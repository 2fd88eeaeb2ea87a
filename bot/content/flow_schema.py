"""flows/flow.schema.json: the vocabulary of flow files for editors, which then complete and check while somebody types.

It is made from the models in `flow_file` and never written by hand; a test holds the two together.
"""

import json

from pydantic import TypeAdapter

from bot.content.flow_file import ChapterFile, CommandsFile


def schema_text() -> str:
    """The schema as the file holds it."""
    schema = TypeAdapter(ChapterFile | CommandsFile).json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "A flow file: a chapter of the journey, or commands.yaml"
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"

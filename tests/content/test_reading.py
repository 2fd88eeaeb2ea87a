"""YAML is read strictly: what a file shows is what it means."""

from pathlib import Path

import pytest

from bot.content.faults import ContentRefused
from bot.content.reading import read_document


def written(tmp_path: Path, text: str | bytes) -> Path:
    """A file with that text."""
    path = tmp_path / "some.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refusal(tmp_path: Path, text: str | bytes) -> list[tuple[int, str]]:
    """Why a file with that text is refused."""
    with pytest.raises(ContentRefused) as refused:
        read_document(written(tmp_path, text))
    return [(fault.line, fault.sentence) for fault in refused.value.faults]


def test_every_scalar_is_a_string(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, "no: no\nat: 12:30\nday: 2026-11-23\none: 1\nhex: 0x1F\nword: 'null'\n"))
    assert document.data == {"no": "no", "at": "12:30", "day": "2026-11-23", "one": "1", "hex": "0x1F", "word": "null"}


def test_every_place_knows_its_line(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, "a:\n  b:\n    - x\n    - {c: d}\n"))
    assert document.line("a") == 1
    assert document.line("a", "b", 1) == 4
    assert document.line("a", "b", 1, "c") == 4
    assert document.line("a", "b", "unknown", "c") == 2
    assert document.line("unknown") == 1


def test_a_key_written_twice(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a: 1\nb: {c: 1, c: 2}\na: 3\n") == [
        (2, "“c” is written twice; it is first on line 2."),
        (3, "“a” is written twice; it is first on line 1."),
    ]


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("a: b\nc:\n", 2, "“c” has nothing after it."),
        ("a: ~\n", 1, "“a” has nothing after it."),
        ("a: &x b\n", 1, "“&” would name this part for repeating; leave it out."),
        ("a: !!int 1\n", 1, "“tag:yaml.org,2002:int” is not allowed here; everything is plain text."),
        (
            "a: !!python/object:os.system x\n",
            1,
            "“tag:yaml.org,2002:python/object:os.system” is not allowed here; everything is plain text.",
        ),
        ("[a, b]: c\n", 1, "A name before a colon must be one plain word."),
        ("a: b\n---\nc: d\n", 2, "A second document begins here; one file holds one."),
        ("- a\n", 1, "This file must begin with a name and a colon."),
        ("# only a remark\n", 1, "This file must begin with a name and a colon."),
        (b"a: b\nc: \xff\n", 2, "This file must be saved as UTF-8 text."),
    ],
)
def test_what_a_file_may_not_hold(tmp_path: Path, text: str | bytes, line: int, sentence: str) -> None:
    assert (line, sentence) in refusal(tmp_path, text)


def test_a_part_repeated_by_reference(tmp_path: Path) -> None:
    lines = [line for line, _ in refusal(tmp_path, "a: &x b\nc: *x\n")]
    assert lines == [1, 2]


def test_a_file_that_is_not_yaml(tmp_path: Path) -> None:
    ((line, sentence),) = refusal(tmp_path, 'a: b\nnote: "quoted" and more\n')
    assert line == 2
    assert sentence.startswith("This is not well-formed: ")


def test_a_control_character(tmp_path: Path) -> None:
    assert len(refusal(tmp_path, "a: b\x07\n")) == 1


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ContentRefused, match="This file is missing"):
        read_document(tmp_path / "nothing.yaml")

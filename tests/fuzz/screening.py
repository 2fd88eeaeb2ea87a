"""A coverage-guided fuzzer against screening: `python -m tests.fuzz.screening [--plant] [libFuzzer's own options]`.

It starts from the lexicon's own sentences and looks for a text that makes screening raise, lie about where its words
stand, or take out of all proportion long. `--plant` puts in a fault, to show that it would be found.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bot.domain"]):
    from bot.content.lexicon_files import example_sentences, load_lexicon
    from bot.domain.screening import LEVELS, screen, screen_after

FLOWS = Path(__file__).parents[2] / "flows"
LONGEST = 1600
# What is measured at that length is a few milliseconds; a text that needs a hundred times as long has found something.
MOST_SECONDS = 2.0


def check(text: str, *, plant: bool) -> None:
    """Raises when screening does not keep its word about `text`."""
    began = time.process_time()
    found = screen(text, LEXICON)
    if time.process_time() - began > MOST_SECONDS:
        raise AssertionError("screening takes too long")
    if found.level not in LEVELS:
        raise AssertionError("a level that does not exist")
    for match in found.matches:
        if text[match.start : match.end] != match.words or not match.words:
            raise AssertionError("a match does not stand where it says")
    first, second = text[: len(text) // 2], text[len(text) // 2 :]
    after = screen_after((first,), second, LEXICON)
    if LEVELS.index(after.level) < LEVELS.index(screen(second, LEXICON).level):
        raise AssertionError("what was said before has hidden something")
    if plant and "zzz" in text:
        raise AssertionError("the planted fault")


def target(*, plant: bool) -> Callable[[bytes], None]:
    """What the fuzzer calls: any bytes are some text, lone surrogates included."""

    def one(data: bytes) -> None:
        check(data.decode("utf-8", "surrogateescape")[:LONGEST], plant=plant)

    return one


LEXICON = load_lexicon(FLOWS)


def main(arguments: list[str]) -> None:
    """Fuzzes until told to stop; ends with status 0 when nothing was found."""
    plant = "--plant" in arguments
    options = [argument for argument in arguments if argument != "--plant"]
    with tempfile.TemporaryDirectory(prefix="helo-fuzz-") as folder:
        for number, sentence in enumerate(example_sentences(FLOWS)):
            (Path(folder) / f"{number:04}").write_text(sentence, encoding="utf-8")
        finds = f"-artifact_prefix={folder}/found-"
        atheris.Setup([sys.argv[0], f"-max_len={4 * LONGEST}", finds, *options, folder], target(plant=plant))
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])

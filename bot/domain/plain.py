"""The answers of the flow that say nothing but themselves: "1", "yes", "mam". Most messages are one of them."""

from collections.abc import Callable, Iterable


class PlainAnswers:
    """Which answers there are, and what a lexicon read in those it has met. An answer is read once, not every time.

    Only the flow's own answers are remembered: what a parent says in words of their own leaves nothing here.
    """

    def __init__(self, answers: Iterable[str] = ()) -> None:
        """`answers` in lower case: no reading depends on case."""
        self._answers = frozenset(answers)
        self._met: dict[str, list[str] | None] = {}

    def words_of(self, text: str, read: Callable[[str], list[str] | None]) -> list[str] | None:
        """The words of an answer in which nothing is to be found; None for every other text.

        `read` says the same of an answer that is met for the first time.
        """
        answer = text.lower()
        if answer not in self._answers:
            return None
        if answer not in self._met:
            self._met[answer] = read(answer)
        return self._met[answer]

"""The answers of the flow that say nothing but themselves: "1", "yes", "mam". Most messages are one of them."""

from collections.abc import Callable, Iterable, Sequence

# Parents go the same few ways; what is met beyond this is somebody trying everything, and reading begins anew.
_MOST_ROWS = 10_000


class PlainAnswers:
    """Which answers there are, and what a lexicon read in those it has met. An answer is read once, not every time, and
    so are a few of them in a row.

    Only the flow's own answers are remembered: what a parent says in words of their own leaves nothing here.
    """

    def __init__(self, answers: Iterable[str] = ()) -> None:
        """`answers` in lower case: no reading depends on case."""
        self._answers = frozenset(answers)
        self._met: dict[str, list[str] | None] = {}
        self._rows: dict[tuple[str, ...], bool] = {}

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

    def say_nothing(self, texts: Sequence[str], read: Callable[[], bool]) -> bool:
        """Whether these texts, one after the other, are all answers and have nothing to be found in them together.

        `read` says so of a row of answers that is met for the first time.
        """
        row = tuple(text.lower() for text in texts)
        known = self._rows.get(row)
        if known is None:
            if not self._answers.issuperset(row):
                return False
            if len(self._rows) >= _MOST_ROWS:
                self._rows.clear()
            known = self._rows[row] = read()
        return known

"""What to call a parent: the name out of "my name is Sam" and "Sam ydw i"; and when somebody will not say."""

from collections.abc import Callable, Iterable

from bot.domain.answers import fold

_EDGES = " .,;:!-"


class Called:
    """The words around a name and those in the place of one; built once and shared."""

    def __init__(self, phrases: Callable[[str], Iterable[str]], negations: frozenset[str]) -> None:
        """`phrases` gives what may be typed for an address, in both languages."""

        def folded(*addresses: str) -> frozenset[str]:
            return frozenset(filter(None, (fold(each) for address in addresses for each in phrases(address))))

        self._before = folded("answers.name_before.words")
        self._after = folded("answers.name_after.words")
        self._unsaid = folded("answers.not_sure.words", "answers.rather_not_say.words")
        self._no = frozenset(each for each in folded("answers.no.words") if len(each) > 1)
        self._negations = negations

    def name(self, text: str) -> str | None:
        """The name without the words around it, as it was typed; None where they say that they will not tell it.

        Na is a name as well as a no: it is a name to who says "my name is Na".
        """
        if fold(text) in self._unsaid | self._no:
            return None
        words = text.split()
        bare = self._bare(words)
        if bare == words:
            return " ".join(words)
        if fold(" ".join(bare)) in self._unsaid or (len(bare) > 1 and fold(bare[0]) in self._negations):
            return None
        return " ".join(bare).strip(_EDGES)

    def _bare(self, words: list[str]) -> list[str]:
        """The words that are left; never none, because somebody may be called Hi."""
        for length in range(len(words) - 1, 0, -1):
            if fold(" ".join(words[:length])) in self._before:
                return self._bare(words[length:])
            if fold(" ".join(words[-length:])) in self._after:
                return self._bare(words[:-length])
        return words

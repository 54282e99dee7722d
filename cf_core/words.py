"""What a data set is about, in words for the screen: what is rated, and in what."""

import re
from dataclasses import dataclass
from typing import Literal

Unit = Literal["stars", "points"]


@dataclass(frozen=True)
class Words:
    """The nouns of a data set, in lower case.

    Attributes:
        item, items: what is rated, one and many.
        unit: of a rating: "stars" on a scale of at most five, else "points".
    """

    item: str = "movie"
    items: str = "movies"
    unit: Unit = "stars"

    @property
    def an_item(self) -> str:
        """With its article: "a movie", "an item"."""
        return f"{'an' if self.item[0] in 'aeiou' else 'a'} {self.item}"

    @property
    def capital(self) -> "Words":
        """The same with capital letters, to begin a sentence or a title with; the unit stays."""
        return Words(self.item[0].upper() + self.item[1:], self.items[0].upper() + self.items[1:], self.unit)

    @property
    def one_unit(self) -> str:
        """ "star" or "point"."""
        return self.unit.removesuffix("s")

    def told(self, text: str) -> str:
        """A text that speaks of movies and stars, in these words: for what is the same on every data set but its nouns.

        No text of the data may be in it, such as a title: "Star Trek: The Motion Picture" is not to be told otherwise.
        """
        return text if self == MOVIES else _NOUN.sub(self._instead, text)

    def _instead(self, found: "re.Match[str]") -> str:
        article, noun = found["article"] or "", found["noun"]
        words = self.capital if noun[0].isupper() else self
        if noun.lower().startswith("star"):
            unit = self.unit if noun.lower() == "stars" else self.one_unit
            return article + (unit.capitalize() if noun[0].isupper() else unit)
        if noun.lower() == "movies":
            return article + words.items
        if article:
            article = article[0] + ("n " if self.item[0] in "aeiou" else " ")
        return article + words.item

    def count(self, n: int) -> str:
        """A number of items: "1 movie", "9,066 movies"."""
        return f"{n:,} {self.item if n == 1 else self.items}"

    def value(self, rating: float) -> str:
        """A rating with its unit: "1 star", "3.5 stars", "87 points"."""
        return f"{rating:g} {self.one_unit if rating == 1 else self.unit}"

    def bias_unit(self, unit: str) -> str:
        """The unit of a model's biases as the screen says it: "logits", or else, for the code's "stars", the unit of
        the ratings."""
        return self.unit if unit == "stars" else unit


MOVIES = Words()
ITEMS = Words("item", "items", "points")
"""Of a table that does not say what it rates."""

_NOUN = re.compile(r"(?P<article>\b[Aa] )?\b(?P<noun>movies?|stars?)(?![a-z])", re.IGNORECASE)

"""What the name of a column says about what is in it."""

import re

TIME = ("timestamp", "time", "unixtime", "unixreviewtime", "datetime", "date", "created", "ts")
RATING = (
    "rating",
    "ratings",
    "rate",
    "score",
    "stars",
    "star",
    "grade",
    "points",
    "value",
    "overall",
    "vote",
    "preference",
)
TITLE = ("title", "name")
GENRES = ("genres", "genre", "categories", "category")
USER = (
    *("user", "userid", "uid", "reader", "customer", "reviewer", "member", "viewer", "listener", "player", "person"),
    *("rater", "client", "account", "visitor", "profile", "student", "username"),
)
ITEM = (
    *(
        "item",
        "itemid",
        "iid",
        "movie",
        "movieid",
        "film",
        "book",
        "isbn",
        "product",
        "asin",
        "artist",
        "song",
        "track",
    ),
    *(
        "album",
        "game",
        "anime",
        "restaurant",
        "business",
        "recipe",
        "place",
        "hotel",
        "joke",
        "beer",
        "wine",
        "article",
    ),
    *("course", "show", "series", "video", "app", "podcast", "paper", "poem", "dish", "coffee", "tea", "venue", "bid"),
)
KNOWN = {"time": TIME, "rating": RATING, "title": TITLE, "genres": GENRES, "user": USER, "item": ITEM}
"""Role to words, the likeliest first; a name that has words of several roles has the first role here."""
_COUNTED = {"average", "avg", "mean", "count", "number", "num", "n", "total", "helpful"}
_NOUNS = {"isbn": "book", "asin": "product", "film": "movie", "tmdb": "movie", "imdb": "movie"}
_TAIL = {"id", "ids", "key", "code", "number", "no", "name", "title", "uri", "url"}
_JOINED = re.compile(r"(?<=[a-z])(id)$")


def role_of(name: str) -> tuple[str, int] | None:
    """The role that a column's name tells and how well it does, from 0, the best; None where it tells none."""
    words = words_of(name)
    if _COUNTED & set(words):
        return None
    for role, known in KNOWN.items():
        places = [known.index(word) for word in words if word in known]
        if places and not (role == "title" and "user" in words):
            return role, 2 * min(places) + ("id" not in words and role in ("user", "item"))
    joined = "".join(words)
    return next(((role, known.index(joined)) for role, known in KNOWN.items() if joined in known), None)


def is_known(name: str) -> bool:
    """Whether the name tells a role."""
    return role_of(name) is not None


def noun_of(name: str) -> str | None:
    """What the name of a column of ids calls an item: "book" of "book_id" or "ISBN"; None where it does not say."""
    words = [word for word in words_of(name) if word not in _TAIL]
    if len(words) != 1:
        return None
    noun = _NOUNS.get(words[0], words[0])
    return noun if noun in ITEM and noun not in ("item", "itemid", "iid", "bid", "movieid") else None


def plural_of(noun: str) -> str:
    """The plural by the rules of English spelling: "movies", "dishes", "stories", "series"."""
    if noun in ("series", "anime", "coffee"):
        return noun if noun != "coffee" else "coffees"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "z", "ch", "sh")) else "s")


def words_of(name: str) -> list[str]:
    """The words that a column's name is made of, in lower case: "userId", "User-ID" and "user_id" are user and id."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    words = [word for word in re.split(r"[\W_]+", parted.lower()) if word]
    return [
        part
        for word in words
        for part in (_JOINED.sub(r" \1", word).split() if word not in ("uid", "iid", "bid") else [word])
    ]

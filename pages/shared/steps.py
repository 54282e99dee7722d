"""The pages of the app, in one table: their places in the navigation and in the way through the lab."""

from typing import NamedTuple

from cf_core.words import MOVIES, Words


class Step(NamedTuple):
    """A page: the name of its file, its title everywhere, its icon, its section in the navigation, and in a sentence
    what there is to do."""

    name: str
    title: str
    icon: str
    section: str
    teaser: str

    @property
    def path(self) -> str:
        """Its script, as Streamlit takes it."""
        return f"pages/{self.name}.py"

    def title_in(self, words: Words) -> str:
        """The title on a data set with these words: nobody watches a book."""
        return _NOT_WATCHED.get(self.name, words.told(self.title)) if words.item != MOVIES.item else self.title


_NOT_WATCHED = {"for_you": "What to pick"}

PAGES = (
    Step("start", "Start", "flag", "", "The way through the lab."),
    Step("data", "Data", "grid_on", "Data", "How empty is the table? Who rates, and what gets rated."),
    Step("facts", "One movie or user", "person_search", "Data", "A movie or a user from close up."),
    Step("your_data", "Your data", "upload_file", "Data", "Bring a table of ratings, and the lab works on it."),
    Step("by_hand", "By hand", "calculate", "Ideas", "The lesson's spreadsheet: change a number, or let it learn."),
    Step("tensors", "Tensors", "data_array", "Ideas", "The lesson's PyTorch cells, on numbers of your own."),
    Step("id_map", "ID map", "tag", "Ideas", "Why a raw id cannot be a row number."),
    Step("split", "Split", "call_split", "Ideas", "Which ratings train a model, and which validate it."),
    Step("made_up", "Made-up ratings", "casino", "Ideas", "Plant factors, and see too few and too many of them."),
    Step("train", "Train", "show_chart", "Models", "Turn the sliders, watch the loss fall, beat your last run."),
    Step("break_it", "Break it", "heart_broken", "Models", "Break one setting, and learn what failure looks like."),
    Step("compare", "Compare runs", "compare_arrows", "Models", "Two runs on the same axes."),
    Step("sweep", "Sweep", "travel_explore", "Models", "Let the lab turn the sliders, and find the best settings."),
    Step("many_runs", "Many runs", "bubble_chart", "Models", "All your runs at once: which settings matter?"),
    Step("runs", "Your runs", "inventory_2", "Models", "Name, share, delete and restore runs."),
    Step("best_and_worst", "Best & worst movies", "leaderboard", "Results", "Movies by bias, fairer than by mean."),
    Step("errors", "Errors", "troubleshoot", "Results", "Where the model is wrong, how far, and why."),
    Step("movie_map", "Movie map", "scatter_plot", "Results", "What the factors found, though nobody told them."),
    Step("for_you", "What to watch", "live_tv", "Results", "Rate some movies: what would the model tell you?"),
    Step("ranking", "Ranking", "format_list_numbered", "Results", "Why a better RMSE can recommend worse."),
    Step("classroom", "Class", "groups", "Class", "A whole class searches for the best settings together."),
    Step("homework", "Homework", "assignment", "Class", "A task in one link, and its result on one page."),
)
"""In the order of the navigation."""

WAY = (
    *("data", "by_hand", "tensors", "id_map", "split", "train", "break_it"),
    *("best_and_worst", "errors", "movie_map", "for_you", "ranking"),
)
"""The steps of the way through the lab, in the lesson's order."""

BY_NAME = {step.name: step for step in PAGES}


def next_step(name: str) -> Step | None:
    """What comes after a page on the way; None after the last, and for pages beside the way."""
    if name == "start":
        return BY_NAME[WAY[0]]
    later = WAY[WAY.index(name) + 1 :] if name in WAY else ()
    return BY_NAME[later[0]] if later else None

"""What the page Ranking keeps in the session and in the address."""

from enum import StrEnum


class Key(StrEnum):
    # What is judged
    K = "places"
    THRESHOLD = "liked_from"
    MEASURE = "measure"

    # Who is looked at: a run's id or the name of a baseline, and the raw id of a user
    RANKER = "ranker"
    USER = "ranked_for"

    # Who is looked at where nobody has chosen, and the run of the sidebar that the page has taken over
    DEFAULT = "ranking_default"
    FOLLOWED = "ranking_followed"

    # The job that was stopped
    STOPPED = "ranking_stopped"

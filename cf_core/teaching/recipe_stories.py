"""Why a recipe is as it is, for recipes that need more than a note: what the page shows beside the list of recipes."""

from typing import NamedTuple


class Story(NamedTuple):
    """`title` names the question, `teaser` answers it in one line, `markdown` tells it."""

    title: str
    teaser: str
    markdown: str


RECIPE_STORIES: dict[str, Story] = {
    "rank": Story(
        title="Why good stars make bad lists",
        teaser="An error is counted only where somebody rated. Lists are made of all the other cells.",
        markdown=r"""
A rating is there because somebody **picked** the movie. Least squares on stars sees these cells and no others, so
nothing holds a prediction down where nobody like you ever looked: an odd movie that ten people loved comes out on top
of every list. Saying how many stars a picked movie will get is one task, saying what will be picked another.

**What this recipe adds.** Each user gets a second row of numbers, the *interests* $d_u$. Their product with a movie's
factors, $d_u \cdot q_i$, should be about 1 where the user rated the movie, more if they liked it, less if not, and 0
in **every empty cell**. With $x$ for these numbers, training makes this small, beside the error of the stars:

$$\text{mean over all cells of } (d_u \cdot q_i - x_{ui})^2$$

These are millions of cells, and yet no step visits them. Summed over all users and all movies, the square of a dot
product comes apart into

$$\sum_u \sum_i (d_u \cdot q_i)^2 = \sum_f \sum_g (D^\top D)_{fg} (Q^\top Q)_{fg}$$

with one small table for all users and one for all movies. The rated cells come in batches, as ever: they **pull**
interests and movies together, and the two tables **push** apart what nothing holds.

**Stars are still learnt**, from the same movie factors, so curves, map and predictions are all there. But these factors
now serve two masters, and the lists go by the interests. Compare it with *Best*: its error in stars is smaller.

**Try:** set *Weight of who rated what* to 0 and train again. Nothing is left of the list.
""".strip(),
    ),
}
"""By the recipe's name."""

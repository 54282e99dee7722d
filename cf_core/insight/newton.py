"""Ridge regression through a rating scale, for many users at once: the arithmetic below the fold-in.

Nothing in here knows of items or of a model; it is given rows of numbers.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cf_core.errors import ConvergenceError
from cf_core.rating_scale import RatingScale

Numbers = NDArray[np.float64]

TOLERANCE = 1e-9
"""The gradient's norm counts as zero at this share of the norm that its summands have at the start, without signs."""

MOST_STEPS, MOST_HALVINGS = 100, 40


@dataclass(frozen=True, eq=False)
class Problem:
    """For each of m users, the weights w that minimise

        f(w) = Σ_j g_j (r_j - ŷ_j)² + λ |w|²,   ŷ_j = scale(o_j + w · q̃_j)

    Attributes:
        design: q̃, shape (m, n, d), or (1, n, d) where all users share it.
        offset: o, shape (m, n) or (1, n).
        stars: r, likewise.
        given: g, shape (m, n): 1 where the rating counts, 0 where not.
        scale: turns the sum into stars; its constant is part of the offset.
        weight_decay: λ, above 0.
    """

    design: Numbers
    offset: Numbers
    stars: Numbers
    given: Numbers
    scale: RatingScale
    weight_decay: float

    @property
    def start(self) -> Numbers:
        """w = 0, shape (m, d)."""
        return np.zeros((len(self.given), self.design.shape[2]))

    def objective(self, weights: Numbers) -> Numbers:
        """f, shape (m,)."""
        error, _, _ = self._errors(weights)
        value: Numbers = (self.given * error**2).sum(axis=1) + self.weight_decay * (weights**2).sum(axis=1)
        return value

    def gradient(self, weights: Numbers) -> Numbers:
        """∇f = -2 Σ g e s q̃ + 2 λ w, with e = r - ŷ and s = dŷ/dx, shape (m, d)."""
        error, slope, _ = self._errors(weights)
        return 2 * (self.weight_decay * weights - self._combine(self.given * error * slope, self.design))

    def hessian(self, weights: Numbers) -> Numbers:
        """2 Σ g (s² - e s') q̃ q̃ᵀ + 2 λ I with s' = ds/dx, shape (m, d, d): the true Hessian where it is positive
        definite, else Gauss and Newton's without e s', which always is. The two agree where there is no sigmoid."""
        hessian = self._sum_of_products(self.curvature(weights))
        try:
            np.linalg.cholesky(hessian)
        except np.linalg.LinAlgError:
            bad = np.linalg.eigvalsh(hessian)[:, 0] <= 0
            _, slope, _ = self._errors(weights)
            hessian[bad] = self._sum_of_products(2 * self.given * slope**2)[bad]
        return hessian

    def curvature(self, weights: Numbers) -> Numbers:
        """h = 2 g (s² - e s') of each rating, shape (m, n): the summands of the true Hessian are h q̃ q̃ᵀ."""
        error, slope, bend = self._errors(weights)
        return 2 * self.given * (slope**2 - error * bend)

    def of_users(self, users: NDArray[np.bool_]) -> "Problem":
        """The same problem for some of the users."""

        def part(numbers: Numbers) -> Numbers:
            return numbers if len(numbers) == 1 else numbers[users]

        design, offset, stars = part(self.design), part(self.offset), part(self.stars)
        return replace(self, design=design, offset=offset, stars=stars, given=self.given[users])

    def zero_below(self) -> Numbers:
        """The norm of a gradient that counts as zero, shape (m,)."""
        error, slope, _ = self._errors(self.start)
        summands = self._combine(np.abs(self.given * error * slope), np.abs(self.design))
        limit: Numbers = TOLERANCE * 2 * np.linalg.norm(summands, axis=1)
        return limit

    def _errors(self, weights: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """e, s and s' of each rating, shape (m, n)."""
        x = self.offset + np.matmul(self.design, weights[:, :, None])[:, :, 0]
        predicted, slope = self.scale.value_and_derivative(x)
        low, high = self.scale.low, self.scale.high
        if low is None or high is None:
            return self.stars - predicted, slope, np.zeros_like(slope)
        return self.stars - predicted, slope, slope * (low + high - 2 * predicted) / (high - low)

    def _combine(self, factor: Numbers, rows: Numbers) -> Numbers:
        """Σ_j factor_j · row_j, shape (m, d)."""
        combined: Numbers = np.matmul(factor[:, None, :], rows)[:, 0]
        return combined

    def _sum_of_products(self, factor: Numbers) -> Numbers:
        """Σ_j factor_j q̃ q̃ᵀ + 2 λ I, shape (m, d, d)."""
        products: Numbers = np.matmul(np.swapaxes(self.design, 1, 2) * factor[:, None, :], self.design)
        return products + 2 * self.weight_decay * np.eye(self.design.shape[2])


def minimise(problem: Problem, start: Numbers | None = None) -> tuple[Numbers, int]:
    """Newton's method from w = 0, or from `start`, halving a step until f falls far enough (Armijo's rule). Without a
    sigmoid f is quadratic and the first step is the closed form of ridge regression.

    Returns:
        w, shape (m, d), and how many steps the slowest user took.

    Raises:
        ConvergenceError: the gradient is not zero, see `TOLERANCE`, after 100 steps.

    Source: Nocedal & Wright, "Numerical Optimization" (2006), algorithm 3.2.
    """
    weights, limit = problem.start if start is None else start, problem.zero_below()
    for n_steps in range(MOST_STEPS + 1):
        gradient = problem.gradient(weights)
        unfinished = np.linalg.norm(gradient, axis=1) > limit
        if not unfinished.any():
            return weights, n_steps
        step = -np.linalg.solve(problem.hessian(weights), gradient[:, :, None])[:, :, 0]
        weights = weights + _step_size(problem, weights, np.where(unfinished[:, None], step, 0), gradient) * step
    raise ConvergenceError(
        f"No minimum was found for these ratings in {MOST_STEPS} steps with a weight decay of "
        f"{problem.weight_decay:g}. Choose a larger one, or a run whose factors are smaller."
    )


def _step_size(problem: Problem, weights: Numbers, step: Numbers, gradient: Numbers) -> Numbers:
    """1, ½, ¼, … of the step: the first by which f falls by a ten-thousandth of what its slope promises, (m, 1); 0 for
    a user whose step is 0."""
    size = np.where(step.any(axis=1), 1.0, 0.0)
    before, promised = problem.objective(weights), (gradient * step).sum(axis=1)
    rounding = 1e-12 * (1 + np.abs(before))  # next to the minimum f no longer tells two points apart
    for _ in range(MOST_HALVINGS):
        too_far = problem.objective(weights + size[:, None] * step) > before + 1e-4 * size * promised + rounding
        if not too_far.any():
            break
        size = np.where(too_far, size / 2, size)
    return size[:, None]

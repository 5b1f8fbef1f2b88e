"""The test matrices have the properties that they promise."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.checks import counted, matrices, ratios

STABLE = 30.0
SEEDED: dict[str, Callable[[Any], np.ndarray]] = {
    "random_orthogonal": lambda seed: matrices.random_orthogonal(5, 3, seed=seed),
    "with_singular_values": lambda seed: matrices.with_singular_values([2, 1], (4, 3), seed=seed),
    "of_rank": lambda seed: matrices.of_rank(2, (4, 3), seed=seed),
    "symmetric": lambda seed: matrices.symmetric_with_eigenvalues([3, 1, -1], seed=seed),
    "spd": lambda seed: matrices.spd(4, seed=seed),
}
EVERY_SEEDED = pytest.mark.parametrize("make", SEEDED.values(), ids=SEEDED)


@EVERY_SEEDED
def test_same_seed_gives_the_same_matrix_and_another_seed_another(
    make: Callable[[Any], np.ndarray],
) -> None:
    assert np.array_equal(make(1), make(1))
    assert not np.allclose(make(1), make(2))
    assert np.array_equal(make(np.random.default_rng(1)), make(1))


@EVERY_SEEDED
def test_generator_moves_on(make: Callable[[Any], np.ndarray]) -> None:
    generator = np.random.default_rng(1)
    assert not np.allclose(make(generator), make(generator))


@EVERY_SEEDED
def test_matrix_is_writable_and_of_doubles(make: Callable[[Any], np.ndarray]) -> None:
    A = make(0)
    assert A.dtype == np.float64
    assert A.flags.writeable


@EVERY_SEEDED
def test_missing_seed_is_refused(make: Callable[[Any], np.ndarray]) -> None:
    with pytest.raises(ValueError, match="seed"):
        make(None)


@pytest.mark.parametrize(("m", "n"), [(1, 1), (5, 5), (5, 2), (5, 0), (0, 0)])
def test_random_orthogonal_has_orthonormal_columns(m: int, n: int) -> None:
    Q = matrices.random_orthogonal(m, n, seed=0)
    assert Q.shape == (m, n)
    assert ratios.orthogonality(Q) < STABLE


def test_random_orthogonal_is_square_unless_said_otherwise() -> None:
    assert matrices.random_orthogonal(4, seed=0).shape == (4, 4)


def test_random_orthogonal_favours_no_sign() -> None:
    # Plain Householder QR gives a first entry that is never positive.
    generator = np.random.default_rng(0)
    first = [matrices.random_orthogonal(2, seed=generator)[0, 0] for _ in range(200)]
    assert 70 < np.sum(np.array(first) > 0) < 130


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
@pytest.mark.parametrize("shape", [(4, 4), (6, 4), (4, 6)], ids=str)
def test_with_singular_values_has_them_and_zeros(shape: tuple[int, int], scale: float) -> None:
    s = np.array([0.0, 3.0, 2.0]) * scale
    A = matrices.with_singular_values(s, shape, seed=0)
    measured = np.linalg.svd(A, compute_uv=False)
    assert A.shape == shape
    assert ratios.singular_values(measured, np.array([3.0, 2.0, 0.0, 0.0]) * scale) < STABLE


@pytest.mark.parametrize("rank", [0, 1, 3])
def test_of_rank_has_that_rank_and_is_well_conditioned_on_its_range(rank: int) -> None:
    A = matrices.of_rank(rank, (5, 3), seed=0)
    s = np.linalg.svd(A, compute_uv=False)
    assert A.shape == (5, 3)
    assert np.all((s[:rank] > 0.999) & (s[:rank] < 2.001))
    assert np.all(s[rank:] < 1e-14)


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_symmetric_with_eigenvalues_is_exactly_symmetric_and_has_them(scale: float) -> None:
    A = matrices.symmetric_with_eigenvalues(np.array([5.0, -2.0, 0.0, 1.0]) * scale, seed=0)
    assert np.array_equal(A, A.T)
    assert ratios.difference(np.linalg.eigvalsh(A) / scale, [-2.0, 0.0, 1.0, 5.0]) < STABLE


@pytest.mark.parametrize(("n", "cond"), [(1, 1e3), (2, 1.0), (6, 10.0), (6, 1e8)])
def test_spd_has_a_log_spaced_spectrum_up_to_one(n: int, cond: float) -> None:
    A = matrices.spd(n, cond=cond, seed=0)
    lam = np.linalg.eigvalsh(A)
    assert np.array_equal(A, A.T)
    assert ratios.difference(lam[::-1], np.geomspace(1, 1 / cond, n)) < STABLE
    np.linalg.cholesky(A)


def test_spd_has_condition_number_ten_unless_said_otherwise() -> None:
    assert np.linalg.cond(matrices.spd(5, seed=0)) == pytest.approx(10)


def test_poisson_1d_is_the_second_difference() -> None:
    A = matrices.poisson_1d(4)
    assert A.tolist() == [[2, -1, 0, 0], [-1, 2, -1, 0], [0, -1, 2, -1], [0, 0, -1, 2]]
    lam = 2 - 2 * np.cos(np.arange(1, 5) * np.pi / 5)
    assert ratios.difference(np.linalg.eigvalsh(A), lam) < STABLE


def test_poisson_2d_is_the_five_point_stencil_row_by_row() -> None:
    A = matrices.poisson_2d(2, 3)
    assert (type(A).__name__, A.shape, A.dtype) == ("csr_array", (6, 6), np.float64)
    assert A.toarray().tolist() == [
        [4, -1, 0, -1, 0, 0],
        [-1, 4, -1, 0, -1, 0],
        [0, -1, 4, 0, 0, -1],
        [-1, 0, 0, 4, -1, 0],
        [0, -1, 0, -1, 4, -1],
        [0, 0, -1, 0, -1, 4],
    ]


def test_poisson_2d_stores_no_zeros() -> None:
    A = matrices.poisson_2d(4, 5)
    assert A.nnz == 20 + 2 * (4 * 4 + 3 * 5)


def test_laeuchli_has_its_singular_values() -> None:
    A = matrices.laeuchli(3, 1e-3)
    assert A.tolist() == [[1, 1, 1], [1e-3, 0, 0], [0, 1e-3, 0], [0, 0, 1e-3]]
    s = np.linalg.svd(A, compute_uv=False)
    assert ratios.singular_values(s, [np.sqrt(3 + 1e-6), 1e-3, 1e-3]) < STABLE


def test_laeuchli_with_a_tiny_delta_has_a_singular_gram_matrix() -> None:
    A = matrices.laeuchli(3, 1e-9)
    assert np.linalg.matrix_rank(A) == 3
    assert np.linalg.matrix_rank(A.T @ A) == 1


def test_hilbert_has_the_reciprocals() -> None:
    assert matrices.hilbert(2).tolist() == [[1, 1 / 2], [1 / 2, 1 / 3]]
    assert 1e12 < np.linalg.cond(matrices.hilbert(10)) < 1e14


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: matrices.random_orthogonal(2, 3, seed=0), id="wide"),
        pytest.param(lambda: matrices.random_orthogonal(2, -1, seed=0), id="negative"),
        pytest.param(lambda: matrices.with_singular_values([1, 1], (1, 5), seed=0), id="many"),
        pytest.param(lambda: matrices.with_singular_values([-1], (2, 2), seed=0), id="sign"),
        pytest.param(lambda: matrices.with_singular_values([[1]], (2, 2), seed=0), id="2-D"),
        pytest.param(lambda: matrices.of_rank(3, (2, 5), seed=0), id="rank"),
        pytest.param(lambda: matrices.of_rank(-1, (2, 5), seed=0), id="negative rank"),
        pytest.param(lambda: matrices.spd(3, cond=0.5, seed=0), id="cond"),
        pytest.param(lambda: matrices.spd(3, cond=np.inf, seed=0), id="infinite cond"),
        pytest.param(lambda: matrices.spd(3, cond=np.nan, seed=0), id="nan cond"),
    ],
)
def test_impossible_wish_is_a_value_error(make: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        make()


def test_counted_counts_every_call_and_passes_everything_on() -> None:
    @counted
    def scaled(x: float, *, by: float = 2.0) -> float:
        """Scale a number."""
        return x * by

    assert scaled.calls == 0
    assert (scaled(3.0), scaled(3.0, by=5.0)) == (6.0, 15.0)
    assert scaled.calls == 2
    assert (scaled.__name__, scaled.__doc__) == ("scaled", "Scale a number.")


def test_counted_counts_calls_that_raise() -> None:
    invert = counted(lambda x: 1 / x)
    with pytest.raises(ZeroDivisionError):
        invert(0)
    assert invert.calls == 1


def test_counted_functions_count_apart_and_can_start_again() -> None:
    first, second = counted(abs), counted(abs)
    first(-1)
    assert (first.calls, second.calls) == (1, 0)
    first.calls = 0
    first(-1)
    assert first.calls == 1

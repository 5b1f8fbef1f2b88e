"""Each ratio is small for what is right at any scale, and large for mistakes that are known."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.checks import matrices, ratios

EPS = float(np.finfo(np.float64).eps)
SCALES = pytest.mark.parametrize("scale", [1e-300, 1e-150, 1.0, 1e150, 1e300])
SHAPES = pytest.mark.parametrize("shape", [(1, 1), (7, 3), (5, 5), (3, 7)], ids=str)
STABLE = 30.0


def classical_gram_schmidt(A: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    Q, R = np.zeros_like(A), np.zeros((A.shape[1], A.shape[1]))
    for j in range(A.shape[1]):
        R[:j, j] = Q[:, :j].T @ A[:, j]
        rest = A[:, j] - Q[:, :j] @ R[:j, j]
        R[j, j] = np.linalg.norm(rest)
        Q[:, j] = rest / R[j, j]
    return Q, R


def eliminate_without_pivoting(A: np.ndarray, b: np.ndarray) -> np.ndarray:
    U, y = A.astype(float), b.astype(float)
    for k in range(len(U)):
        factors = U[k + 1 :, k] / U[k, k]
        U[k + 1 :] -= np.outer(factors, U[k])
        y[k + 1 :] -= factors * y[k]
    return np.linalg.solve(np.triu(U), y)


def of_condition(cond: float, shape: tuple[int, int] = (20, 10)) -> np.ndarray:
    return matrices.with_singular_values(np.geomspace(1, 1 / cond, min(shape)), shape, seed=7)


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        pytest.param(ratios.difference([3.0, 4.0 + 5e-8], [3.0, 4.0]), 1e-8, id="difference"),
        pytest.param(ratios.difference([2.0, 2.0], [2.0, 0.0]), 1.0, id="difference, Frobenius"),
        pytest.param(
            ratios.reconstruction([[1, 2, 9], [3, 4, 6]], [[1, 2, 0], [3, 4, 6]]),
            9 / (3 * 6),
            id="reconstruction",
        ),
        pytest.param(ratios.reconstruction([[2], [0]], [[2], [2]]), 2 / (2 * 4), id="tall"),
        pytest.param(
            ratios.orthogonality([[1, 0], [0, 2], [0, 0], [0, 0]]), 3 / 4, id="orthogonality"
        ),
        pytest.param(
            ratios.solve_residual([[2, 0], [1, 3]], [1, 1], [2, 5]), 1 / (3 * 2), id="solve"
        ),
        pytest.param(
            ratios.solve_residual(np.eye(2), [[1, 1], [0, 1]], [[1, 1], [0, 2]]),
            1 / 2,
            id="solve, the worst of two columns",
        ),
        pytest.param(ratios.symmetry([[1, 2], [5, 1]]), 3 / 6, id="symmetry"),
        pytest.param(ratios.symmetry([[1j]]), 2.0, id="symmetry means Hermitian"),
        pytest.param(ratios.singular_values([3, 1.5], [4, 1]), 1 / (4 * 2), id="singular values"),
    ],
)
def test_ratio_is_its_formula_in_units_of_eps(ratio: float, expected: float) -> None:
    assert ratio * EPS == pytest.approx(expected)


def test_relative_residual_is_in_no_units() -> None:
    assert ratios.relative_residual([3.0, 4.0], [3.0, 5.0]) == pytest.approx(1 / np.sqrt(34))
    assert ratios.relative_residual([3e200, 4e200], [0.0, 0.0]) == pytest.approx(5e200)


@SHAPES
@SCALES
@pytest.mark.parametrize("kind", [float, complex])
def test_right_factorizations_have_small_ratios(
    shape: tuple[int, int], scale: float, kind: type
) -> None:
    rng = np.random.default_rng(0)
    A = rng.standard_normal(shape).astype(kind)
    if kind is complex:
        A += 1j * rng.standard_normal(shape)
    A = A * scale
    U, s, Vh = np.linalg.svd(A, full_matrices=False)
    Q, R = np.linalg.qr(A)
    assert 0 <= ratios.reconstruction((U * s) @ Vh, A) < STABLE
    assert 0 <= ratios.reconstruction(Q @ R, A) < STABLE
    assert ratios.orthogonality(U) < STABLE
    assert ratios.orthogonality(Vh.conj().T) < STABLE
    assert ratios.singular_values(s, np.linalg.svd(A.conj().T, compute_uv=False)) < STABLE
    assert ratios.difference((U * s) @ Vh, A) < STABLE


@pytest.mark.parametrize("scale", [1e-150, 1.0, 1e150])
@pytest.mark.parametrize("cond", [1.0, 1e4, 1e12])
def test_backward_stable_solver_has_a_small_residual(scale: float, cond: float) -> None:
    A = of_condition(cond, (20, 20)) * scale
    b = A @ np.ones((20, 3))
    assert ratios.solve_residual(A, np.linalg.solve(A, b), b) < STABLE
    assert ratios.solve_residual(A, np.linalg.solve(A, b / scale), b / scale) < STABLE


@SHAPES
@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_pseudoinverse_satisfies_all_penrose_conditions(
    shape: tuple[int, int], scale: float
) -> None:
    A = matrices.of_rank(1, shape, seed=1)
    assert max(ratios.penrose(A * scale, np.linalg.pinv(A) / scale)) < STABLE
    B = A + 1j * matrices.of_rank(1, shape, seed=2)
    assert max(ratios.penrose(B * scale, np.linalg.pinv(B) / scale)) < STABLE


@SCALES
def test_known_wrong_answers_have_large_ratios_at_any_scale(scale: float) -> None:
    A = matrices.random_orthogonal(6, seed=2) @ np.diag([6.0, 5, 4, 3, 2, 1]) * scale
    b = A @ np.ones(6)
    wrong = 1e12
    assert ratios.difference(A.T, A) > wrong
    assert ratios.difference(1j * A.T, 1j * A) > wrong
    assert ratios.reconstruction(A.T, A) > wrong
    assert ratios.orthogonality(A) > wrong
    assert ratios.symmetry(A) > wrong
    assert ratios.solve_residual(A, np.linalg.solve(A.T, b), b) > wrong
    assert ratios.singular_values([36, 25, 16, 9, 4, 1], [6, 5, 4, 3, 2, 1]) > wrong


def test_classical_gram_schmidt_reconstructs_but_is_not_orthogonal() -> None:
    A = of_condition(1e7)
    Q, R = classical_gram_schmidt(A)
    assert ratios.reconstruction(Q @ R, A) < 1
    assert ratios.orthogonality(Q) > 1e6
    assert ratios.orthogonality(np.linalg.qr(A).Q) < 1


def test_elimination_without_pivoting_has_a_large_residual() -> None:
    A, b = np.array([[1e-20, 1.0], [1.0, 1.0]]), np.array([1.0, 0.0])
    assert ratios.solve_residual(A, np.linalg.solve(A, b), b) < 1
    assert ratios.solve_residual(A, eliminate_without_pivoting(A, b), b) > 1e14


def test_multiplying_by_the_inverse_has_a_large_residual_when_ill_conditioned() -> None:
    A = of_condition(1e7, (20, 20))
    b = A @ np.random.default_rng(3).standard_normal(20)
    assert ratios.solve_residual(A, np.linalg.inv(A) @ b, b) > 1e4


def test_singular_values_from_the_gram_matrix_lose_half_the_digits() -> None:
    s = np.geomspace(1, 1e-10, 10)
    A = matrices.with_singular_values(s, (20, 10), seed=4)
    gram = np.sqrt(np.abs(np.linalg.eigvalsh(A.T @ A)[::-1]))
    assert ratios.singular_values(np.linalg.svd(A, compute_uv=False), s) < 1
    assert ratios.singular_values(gram, s) > 1e3


@pytest.mark.parametrize(
    ("X", "violated"),
    [
        # A is diag(2, 0); the four conditions in the order in which they are returned.
        pytest.param([[0.5, 0], [0, 0]], [False, False, False, False], id="pseudoinverse"),
        pytest.param([[0.5, 0], [0, 1]], [False, True, False, False], id="not reflexive"),
        pytest.param([[0.5, 1], [0, 0]], [False, False, True, False], id="A X not symmetric"),
        pytest.param([[0.5, 0], [1, 0]], [False, False, False, True], id="X A not symmetric"),
        pytest.param([[0, 0], [0, 0]], [True, False, False, False], id="zero"),
        pytest.param([[2, 0], [0, 0]], [True, True, False, False], id="the transpose"),
    ],
)
def test_each_penrose_condition_sees_its_own_violation(X: Any, violated: list[bool]) -> None:
    measured = ratios.penrose([[2, 0], [0, 0]], X)
    assert [ratio > STABLE for ratio in measured] == violated


MEASURES: dict[str, Callable[[Any], Any]] = {
    "difference": lambda value: ratios.difference(value, np.eye(2)),
    "reconstruction": lambda value: ratios.reconstruction(value, np.eye(2)),
    "orthogonality": ratios.orthogonality,
    "solve_residual": lambda value: ratios.solve_residual(np.eye(2), value, np.eye(2)),
    "relative_residual": lambda value: ratios.relative_residual(value, np.eye(2)),
    "symmetry": ratios.symmetry,
    "penrose": lambda value: max(ratios.penrose(np.eye(2), value)),
    "singular_values": lambda value: ratios.singular_values(np.diag(value), [1.0, 1.0]),
}
EVERY_MEASURE = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)


@EVERY_MEASURE
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, complex(0, np.nan)], ids=str)
def test_answer_that_is_not_finite_is_below_no_threshold(
    measure: Callable[[Any], float], bad: complex
) -> None:
    value = np.eye(2, dtype=type(bad))
    value[1, 1] = bad
    assert not measure(value) < 1e300


@EVERY_MEASURE
def test_nan_stays_nan(measure: Callable[[Any], float]) -> None:
    assert np.isnan(measure(np.diag([np.nan, 1.0])))


@EVERY_MEASURE
def test_exact_answer_has_ratio_zero_in_any_dtype(measure: Callable[[Any], float]) -> None:
    for dtype in (bool, np.uint8, int, np.float16, np.float32, float, np.complex64, complex):
        assert measure(np.eye(2, dtype=dtype)) == 0
    assert isinstance(measure([[1, 0], [0, 1]]), float)


@EVERY_MEASURE
@pytest.mark.parametrize("value", [[["a", "b"], ["c", "d"]], [[None, 1], [2, 3]]], ids=str)
def test_what_is_no_number_is_a_type_error(measure: Callable[[Any], float], value: Any) -> None:
    with pytest.raises(TypeError, match="must hold numbers"):
        measure(value)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (ratios.difference, (np.ones((3, 1)), np.ones(3))),
        (ratios.reconstruction, (np.ones((2, 3)), np.ones((3, 2)))),
        (ratios.reconstruction, (np.ones(3), np.ones(3))),
        (ratios.orthogonality, (np.ones(3),)),
        (ratios.solve_residual, (np.eye(3), np.ones((3, 1)), np.ones(3))),
        (ratios.solve_residual, (np.eye(3), np.ones(2), np.ones(3))),
        (ratios.solve_residual, (np.eye(3), np.ones(3), np.ones(2))),
        (ratios.solve_residual, (np.eye(3), 1.0, 1.0)),
        (ratios.relative_residual, (np.ones((3, 1)), np.ones(3))),
        (ratios.symmetry, (np.ones((2, 3)),)),
        (ratios.penrose, (np.ones((2, 3)), np.ones((2, 3)))),
        (ratios.singular_values, ([1.0], [1.0, 2.0])),
        (ratios.singular_values, ([[1.0]], [[1.0]])),
    ],
)
def test_shapes_that_do_not_fit_are_a_value_error_and_never_broadcast(
    function: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    with pytest.raises(ValueError, match="shape"):
        function(*args)


@pytest.mark.parametrize(
    "ratio",
    [
        pytest.param(lambda x: ratios.difference([x], [0.0]), id="difference"),
        pytest.param(lambda x: ratios.reconstruction([[x]], [[0.0]]), id="reconstruction"),
        pytest.param(lambda x: ratios.solve_residual([[0.0]], [1.0], [x]), id="A = 0"),
        pytest.param(lambda x: ratios.solve_residual([[1.0]], [0.0], [x]), id="x = 0"),
        pytest.param(lambda x: ratios.singular_values([x], [0.0]), id="singular values"),
        pytest.param(lambda x: ratios.penrose([[0.0]], [[x]])[1], id="penrose"),
    ],
)
def test_nothing_by_nothing_is_zero_and_something_by_nothing_is_infinite(
    ratio: Callable[[float], float],
) -> None:
    assert ratio(0.0) == 0
    assert ratio(1e-300) == np.inf
    assert ratio(5.0) == np.inf


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)], ids=str)
def test_empty_arrays_have_ratio_zero(shape: tuple[int, int]) -> None:
    A = np.empty(shape)
    assert ratios.difference(A, A) == 0
    assert ratios.reconstruction(A, A) == 0
    assert ratios.penrose(A, A.T) == (0, 0, 0, 0)
    assert ratios.solve_residual(A, np.zeros(shape[1]), np.zeros(shape[0])) == 0
    assert ratios.relative_residual(A, A) == 0
    assert ratios.symmetry(np.empty((0, 0))) == 0
    assert ratios.singular_values([], []) == 0
    assert ratios.orthogonality(np.empty((3, 0))) == 0


def test_rounding_an_answer_to_low_precision_earns_no_tolerance() -> None:
    third = np.full((4, 4), 1 / 3)
    for dtype in (np.float16, np.float32):
        rounded = third.astype(dtype)
        assert ratios.difference(rounded, third) > 1e6
        assert ratios.reconstruction(rounded, third) > 1e6
        assert ratios.orthogonality(matrices.random_orthogonal(4, seed=0).astype(dtype)) > 1e6


def test_data_in_single_precision_is_judged_by_its_own_eps() -> None:
    A = matrices.of_rank(3, (5, 3), seed=5).astype(np.float32)
    U, s, Vh = np.linalg.svd(A, full_matrices=False)
    assert ratios.reconstruction((U * s) @ Vh, A) < STABLE
    assert ratios.difference((U * s) @ Vh, A) < STABLE
    assert ratios.orthogonality(U, dtype=np.float32) < STABLE < ratios.orthogonality(U)


def test_arguments_are_left_as_they_were() -> None:
    A = matrices.random_orthogonal(3, seed=6) * 1e200
    A.setflags(write=False)
    before = A.copy()
    ratios.difference(A, A)
    ratios.penrose(A, A)
    ratios.orthogonality(A)
    assert np.array_equal(A, before)

from __future__ import annotations

import pytest

from tests.for_each import for_each


def test_every_value_is_tried_and_every_failure_is_named() -> None:
    tried: list[tuple[int, str]] = []

    def fails_where_odd(number: int, word: str) -> None:
        tried.append((number, word))
        assert number % 2 == 0, f"{number} is odd"

    with pytest.raises(ExceptionGroup) as caught:
        for_each((number, "w") for number in range(4))(fails_where_odd)()

    assert [(number, "w") for number in range(4)] == tried
    assert "2 of 4" in str(caught.value)
    assert [["with 1, w"], ["with 3, w"]] == [exception.__notes__ for exception in caught.value.exceptions]


def test_what_pytest_itself_raises_is_a_failure_like_the_others() -> None:
    def expects_an_error(_number: int) -> None:
        with pytest.raises(ValueError, match="never"):
            pass

    with pytest.raises(ExceptionGroup, match="2 of 2"):
        for_each((1, 2))(expects_an_error)()


def test_a_table_with_nothing_in_it_is_refused() -> None:
    with pytest.raises(AssertionError, match="nothing to try"):
        for_each([])

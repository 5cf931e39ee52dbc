"""One test over all that a table lists: it names everything that fails, and costs what one test costs."""

from collections.abc import Callable, Iterable

import pytest


def for_each(values: Iterable[object]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Call the decorated test with each value; a tuple is its arguments."""
    cases = [value if isinstance(value, tuple) else (value,) for value in values]
    assert cases, "nothing to try"

    def decorated(test: Callable[..., None]) -> Callable[[], None]:
        # Not functools.wraps: pytest would take the arguments for fixtures.
        def try_all() -> None:
            failures = [failure for case in cases if (failure := _failure(test, case))]
            if failures:
                raise ExceptionGroup(f"{len(failures)} of {len(cases)}", failures)

        try_all.__name__, try_all.__doc__ = test.__name__, test.__doc__
        try_all.__module__, try_all.__qualname__ = test.__module__, test.__qualname__
        return try_all

    return decorated


def _failure(test: Callable[..., None], case: tuple[object, ...]) -> Exception | None:
    try:
        test(*case)
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - each of them is raised in the end
        failure = error if isinstance(error, Exception) else AssertionError(str(error))
        failure.add_note("with " + ", ".join(str(getattr(argument, "name", argument)) for argument in case))
        return failure
    return None

"""The form of the preferences: it shows the wishes in force, and sent back unchanged it changes nothing."""

from __future__ import annotations

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from hub.model import Preferences, Purpose, QuietHours
from hub.operations.residents.wishes import OFFERED, ORDER, Draft, draft_of, problems, read_form, wishes_of

_CHANNELS: Final = st.lists(st.sampled_from(OFFERED), unique=True, min_size=1).map(tuple)
_OFF: Final = {Purpose.SERVICE, Purpose.SURVEY, Purpose.COMMERCIAL}
_TIMES: Final = st.sampled_from(["21:00", "22:30", "23:59"])
WISHES: Final = st.builds(
    Preferences,
    channels=st.fixed_dictionaries(
        {},
        optional={purpose: st.just(()) | _CHANNELS if purpose in _OFF else _CHANNELS for purpose in ORDER},
    ),
    quiet_hours=st.none() | st.builds(QuietHours, since=_TIMES, until=st.just("07:00")),
    language=st.sampled_from([None, "es", "en"]),
    large_print=st.sampled_from([None, True, False]),
)


def sent(draft: Draft) -> dict[str, str]:
    """Return what a browser sends of this form."""
    fields = {"quiet_since": draft.since, "quiet_until": draft.until, "language": draft.language}
    fields["large_print"] = draft.large_print
    for purpose, part in draft.purposes.items():
        fields |= {purpose.value: part.choice, f"{purpose}.first": part.first}
        fields |= {f"{purpose}.{channel}": "on" for channel in part.ticked}
    return fields


@given(WISHES)
def test_form_that_is_sent_back_unchanged_changes_nothing(wished: Preferences) -> None:
    draft = read_form(sent(draft_of(wished)))

    assert {} == problems(draft)
    assert wished == wishes_of(draft, wished)


@given(WISHES, WISHES)
def test_form_states_all_that_it_shows_after_any_wishes(wished: Preferences, before: Preferences) -> None:
    after = wishes_of(read_form(sent(draft_of(wished))), before)

    assert (wished.quiet_hours, wished.language, wished.large_print) == (
        after.quiet_hours,
        after.language,
        after.large_print,
    )
    assert {purpose: set(by) for purpose, by in wished.channels.items()} == {
        purpose: set(by) for purpose, by in after.channels.items()
    }


@given(st.dictionaries(st.sampled_from([*ORDER, "quiet_since", "quiet_until", "language"]), st.text()))
def test_nothing_that_is_sent_breaks_the_form(fields: dict[str, str]) -> None:
    draft = read_form(fields)
    if not problems(draft):
        wishes_of(draft, Preferences())

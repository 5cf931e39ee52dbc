"""
Audiences: the language that describes them in the catalogue, CLI and API, and the groups that they mean.
`docs/audiences.md` explains the language.
"""

from hub.people.audience.asking import ZONES, asked
from hub.people.audience.concerned import concerned_groups, references
from hub.people.audience.contacts import (
    is_anonymous,
    operators,
    preferred,
    recipient,
    usable_email,
    usable_phone,
    written_as,
)
from hub.people.audience.groups import (
    ABSENTEES,
    EVERY_ROLE,
    RESIDENTS,
    STAFF,
    Addressee,
    Group,
    Homes,
    LastResort,
    Unknown,
    anybody,
    at_home,
    level_groups,
    merge_groups,
    merge_person,
    within,
)
from hub.people.audience.language import parse, write
from hub.people.audience.parties import (
    NO_OPERATORS,
    PLACE,
    Operators,
    Parties,
    addressees,
    applies,
    named_in,
    parties_of,
    party_words,
    towers_of,
)

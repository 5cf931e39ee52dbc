"""Looks at a record with a person's data: the parameter that asks for it unmasked, what the answer says."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

IsMasked = Annotated[
    bool, Meta(description="Whether addresses are masked; names too, and words left out, unless `named`.")
]
IsNamed = Annotated[
    bool,
    Meta(description="Whether names and words are shown: you must answer there (`operate`), or it is whole."),
]
MayUnmask = Annotated[bool, Meta(description="Whether `?whole=true` would show them to you.")]


class WholeQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    whole: Annotated[
        bool, Meta(description="Names and addresses unmasked; needs the scope `privacy` there.")
    ] = False

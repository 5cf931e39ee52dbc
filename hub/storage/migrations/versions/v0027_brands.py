"""The identity of a copropiedad by its digest, also of those that are there already."""

import json

import sqlalchemy as sa
from alembic import op

from hub.people.brands import packed_brand
from hub.storage.migrations.statements import statements_beside

revision = "0027"
down_revision = "0023"
_add_column = statements_beside(__file__)
_KNOWN = "SELECT id, branding::text FROM copropiedad WHERE branding IS NOT NULL"
_KEEP = "INSERT INTO template_version (digest, sources) VALUES (:digest, :sources) ON CONFLICT DO NOTHING"
_NAME = "UPDATE copropiedad SET brand = :digest WHERE id = :key"


def upgrade() -> None:
    _add_column()
    run = op.get_bind().execute
    for key, branding in run(sa.text(_KNOWN)).fetchall():
        if packed := packed_brand(json.loads(branding)):
            run(sa.text(_KEEP), {"digest": packed[0], "sources": packed[1]})
            run(sa.text(_NAME), {"digest": packed[0], "key": key})

"""`hub check` of senders: those of the policy, and of the directory in PostgreSQL."""

from collections.abc import Mapping
from pathlib import Path

from hub.cli.check.finding import Finding
from hub.cli.check.identities import identities
from hub.model import Json
from hub.settings import load
from hub.storage import Database
from hub.storage.directory import apply
from tests.unit.factories import event

POLICY = """
[company]
name = "Gestión Casa"
email = "servicio@casa.co"
[senders]
domains = ["conta.casa.co"]
[senders.areas.contabilidad]
address = "cartera@conta.casa.co"
color = "#ffd400"
"""


async def checked(database: Database, url: str, folder: Path, brandings: Mapping[str, Json]) -> list[Finding]:
    async with database.transaction() as run:
        await apply(
            run,
            [
                event(
                    "directory.copropiedad.upserted",
                    {"copropiedad_id": f"ph-{name}", "version": 1, "name": name, "branding": branding},
                )
                for name, branding in brandings.items()
            ],
        )
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    environ = {"HUB_POLICY": str(folder / "policy.toml"), "HUB_DATABASE_URL": url}
    return await identities(load(environ))


async def test_identities_in_order_are_counted_and_mended_colors_shown(
    opened: Database, database: str, tmp_path: Path
) -> None:
    found = await checked(opened, database, tmp_path, {"Altos": {"color": "#1F5C4D"}, "Casas": {}})

    assert [
        (
            "La empresa escribe como Gestión Casa <servicio@casa.co>. "
            "Con identidad propia: 1 área y 1 copropiedad."
        ),
        (
            "senders.areas.contabilidad: el color #ffd400 se ajusta para que se pueda leer "
            "(letra #816b00; botón #ffd400 con letra #0d1719)."
        ),
    ] == [finding.what for finding in found]
    assert {"ok"} == {finding.state for finding in found}


async def test_unusable_identity_of_the_directory_is_named_with_its_remedy(
    opened: Database, database: str, tmp_path: Path
) -> None:
    wrong = {
        "color": "verde",
        "address": "presidencia@banco.co",
        "logo": "https://altos.co/logo.png",
        "areas": {"contabilidad": {"sms": "Łódź", "reply_to": "x@banco.co"}},
    }
    found = [
        finding
        for finding in await checked(opened, database, tmp_path, {"Altos": wrong})
        if finding.state == "warn"
    ]

    assert {
        "Altos: `branding.color` no es un color como #1f5c4d; se usa lo heredado.",
        "Altos: `branding.address` es de un dominio que no está en `[senders] domains`; se usa lo heredado.",
        "Altos: `branding.logo` no es un PNG entero en base64; se usa lo heredado.",
        (
            "Altos: `branding.areas.contabilidad.sms` tiene un carácter que duplica el precio de cada SMS; "
            "se usa lo heredado."
        ),
        (
            "Altos: `branding.areas.contabilidad.reply_to` es de un dominio que no está en "
            "`[senders] domains`; se usa lo heredado."
        ),
    } == {finding.what for finding in found}
    assert all("PUT /api/directory/copropiedades/ph-Altos" in finding.to_do for finding in found)


async def test_without_a_database_the_policy_is_still_looked_at(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(POLICY, encoding="utf-8")
    environ = {
        "HUB_POLICY": str(tmp_path / "policy.toml"),
        "HUB_DATABASE_URL": "postgresql://x@127.0.0.1:9/x",
    }
    found = await identities(load(environ))

    assert 2 == len(found)

"""Vaults as earlier versions left them, one for each version of the tables.

The first is kept byte for byte. The others are kept as the statements that make them, the tables word for
word as that version created them. `python -m tests.vault.earlier_schemas` writes those that are missing; a
new step in desktop/vault/schema.py needs that. A file that is there is never written again.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from desktop.vault import layout, schema
from desktop.vault.database import Database

SCHEMAS = Path(__file__).parent / "earlier"
KEY = bytes.fromhex("d44c09ed21f65f672892648140ead4d3539e054ae1d72352f726605aa872675f")
_FIRST = SCHEMAS / "schema1"

# What stands in the tables that a version brought, besides what came with the versions before.
SAMPLES: dict[int, tuple[str, ...]] = {
    2: ("INSERT INTO pending_refreshes VALUES ('acc-00001', 2, 1772366400000000)",),
    3: (
        "INSERT INTO saved_requests VALUES ('req-1', 'acc-00001', 'Who am I', 'GET', '/userinfo', '[]', '',"
        " 1772366400000000, 1772366400000000)",
    ),
    5: ("INSERT INTO activity_in_clear VALUES (1, 'practice-oauth2', '[]')",),
    7: (
        "INSERT INTO earlier_people VALUES "
        "('acc-00001', 1, 'Somebody else', 'else@practice.example', 'x', '{}')",
    ),
}


def versions() -> list[int]:
    """Every version before the present one."""
    return list(range(1, len(schema.STEPS)))


def path_of(version: int) -> Path:
    """Where that version's vault is kept."""
    return _FIRST if version == 1 else SCHEMAS / f"schema{version}.json"


def lay_out(version: int, home: Path) -> None:
    """Makes `home` a vault of that version, as a folder of its own and private."""
    home.mkdir(mode=0o700)
    shutil.copyfile(_FIRST / layout.KEY_SLOTS, home / layout.KEY_SLOTS)
    if version == 1:
        shutil.copyfile(_FIRST / layout.DATABASE, home / layout.DATABASE)
    else:
        (home / layout.DATABASE).touch()
        database = Database(home / layout.DATABASE, KEY, new=True)
        with database.transaction():
            for statement in json.loads(path_of(version).read_text("utf-8")):
                database.execute(statement)
        database.close()
    for name in (layout.KEY_SLOTS, layout.DATABASE):
        (home / name).chmod(0o600)


def statements(database: Database, version: int) -> list[str]:
    """All that makes this database: its tables, indices and triggers as they were created, then the rows."""
    made = database.rows(
        "SELECT name, type, sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE 'sqlite_%' "
        "AND name NOT LIKE 'account_search_%' ORDER BY CASE type WHEN 'table' THEN 0 ELSE 1 END, rowid"
    )
    found = [sql for _, _, sql in made]
    for name, kind, _ in made:
        if kind == "table" and name != "account_search":
            found += _rows(database, name)
    return [*found, f"PRAGMA user_version = {version}"]


def _rows(database: Database, table: str) -> list[str]:
    columns = [f'"{row[1]}"' for row in database.rows(f'PRAGMA table_xinfo("{table}")') if not row[6]]
    quoted = " || ', ' || ".join(f"quote({column})" for column in columns)
    rows: list[Any] = database.rows(f'SELECT {quoted} FROM "{table}"')
    return [f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({values})' for (values,) in rows]


def write_missing() -> None:
    """Takes the first version up step by step, and writes each version that is not kept yet."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        lay_out(1, home)
        database = Database(home / layout.DATABASE, KEY)
        for version in versions()[1:]:
            schema._take_step(database, version - 1)
            for statement in SAMPLES.get(version, ()):
                database.execute(statement)
            if not path_of(version).exists():
                text = json.dumps(statements(database, version), indent=1, ensure_ascii=False)
                path_of(version).write_text(text + "\n", "utf-8")
                print(f"wrote {path_of(version)}")
        database.close()


if __name__ == "__main__":
    write_missing()

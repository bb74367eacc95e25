"""The tables, as numbered steps. `user_version` says how many of them a vault has taken.

A step is never changed once it was released: a new one is added, and `python -m tests.vault.earlier_schemas`
keeps a vault of the version before it for the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktop.vault import chain
from desktop.vault.database import Database
from desktop.vault.errors import NewerSchemaError, SaveFailedError

# 2 ** 62: later than any time there is. What never expires stands behind all that does.
NEVER = 4611686018427387904

# A statement, or work on the rows that SQL alone cannot do; all of a step is one transaction.
Step = Sequence[str | Callable[[Database], None]]

# Times are microseconds since 1970 in UTC. What lists show is kept apart from the records, because a list
# row stays small that way: a search over 100,000 accounts reads 20 MB instead of 500.
# `sort_name` and `search_text` are folded (no case, no accents) by the program: SQLite folds ASCII only.
FIRST: Step = (
    """
    CREATE TABLE accounts (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        connector TEXT NOT NULL,
        method TEXT NOT NULL,
        name TEXT NOT NULL,
        email TEXT NOT NULL,
        identity TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('connected', 'needs_sign_in', 'invalid', 'offline', 'disabled')),
        state_reason TEXT NOT NULL,
        pinned INTEGER NOT NULL,
        expires_at INTEGER,
        renewable INTEGER NOT NULL,
        has_token INTEGER NOT NULL,
        scope_asked TEXT NOT NULL,
        scope_granted TEXT NOT NULL,
        generation INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        last_used_at INTEGER,
        sort_name TEXT NOT NULL,
        search_text TEXT NOT NULL,
        state_rank INTEGER NOT NULL GENERATED ALWAYS AS (
            CASE state WHEN 'needs_sign_in' THEN 0 WHEN 'invalid' THEN 1 WHEN 'offline' THEN 2
            WHEN 'connected' THEN 3 ELSE 4 END
        ) VIRTUAL,
        expires_key INTEGER NOT NULL GENERATED ALWAYS AS (ifnull(expires_at, 4611686018427387904)) VIRTUAL,
        used_key INTEGER NOT NULL GENERATED ALWAYS AS (ifnull(last_used_at, 0)) VIRTUAL
    )
    """,
    "CREATE INDEX accounts_by_name ON accounts (sort_name, id)",
    "CREATE INDEX accounts_by_connector ON accounts (connector, sort_name, id)",
    "CREATE INDEX accounts_by_state ON accounts (state_rank, sort_name, id)",
    "CREATE INDEX accounts_by_expiry ON accounts (expires_key, id)",
    "CREATE INDEX accounts_by_use ON accounts (used_key, id)",
    "CREATE INDEX accounts_by_creation ON accounts (created_at, id)",
    "CREATE INDEX accounts_by_identity ON accounts (connector, identity)",
    "CREATE INDEX accounts_pinned ON accounts (sort_name, id) WHERE pinned = 1",
    """
    CREATE VIRTUAL TABLE account_search USING fts5 (
        search_text, content = 'accounts', content_rowid = 'seq', tokenize = 'trigram', detail = 'full'
    )
    """,
    """
    CREATE TRIGGER accounts_search_added AFTER INSERT ON accounts BEGIN
        INSERT INTO account_search (rowid, search_text) VALUES (new.seq, new.search_text);
    END
    """,
    """
    CREATE TRIGGER accounts_search_changed AFTER UPDATE OF search_text ON accounts BEGIN
        INSERT INTO account_search (account_search, rowid, search_text)
            VALUES ('delete', old.seq, old.search_text);
        INSERT INTO account_search (rowid, search_text) VALUES (new.seq, new.search_text);
    END
    """,
    """
    CREATE TRIGGER accounts_search_removed AFTER DELETE ON accounts BEGIN
        INSERT INTO account_search (account_search, rowid, search_text)
            VALUES ('delete', old.seq, old.search_text);
    END
    """,
    """
    CREATE TABLE generations (
        account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        source TEXT NOT NULL CHECK (source IN ('connect', 'refresh', 'edit', 'restore', 'import')),
        at INTEGER NOT NULL,
        note TEXT NOT NULL,
        record BLOB NOT NULL,
        UNIQUE (account_id, number)
    )
    """,
    """
    CREATE TABLE profiles (
        account_id TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
        profile TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE connector_settings (
        connector TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (connector, key)
    ) WITHOUT ROWID
    """,
    # No reference to accounts: what happened stays known when the account is gone.
    """
    CREATE TABLE activity (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        account_id TEXT NOT NULL,
        connector TEXT NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'failed')),
        summary TEXT NOT NULL,
        detail TEXT NOT NULL
    )
    """,
    "CREATE INDEX activity_by_account ON activity (account_id, id)",
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)

# One mark for each refresh under way; see desktop/vault/pending.py.
PENDING_REFRESHES: Step = (
    """
    CREATE TABLE pending_refreshes (
        account_id TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
        generation INTEGER NOT NULL,
        began_at INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
)

# What a person sends with an account again and again; see desktop/vault/saved_requests.py.
SAVED_REQUESTS: Step = (
    """
    CREATE TABLE saved_requests (
        id TEXT PRIMARY KEY,
        account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        method TEXT NOT NULL,
        url TEXT NOT NULL,
        headers TEXT NOT NULL,
        body TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        UNIQUE (account_id, name)
    ) WITHOUT ROWID
    """,
)

# Each entry follows the one before it; see desktop/vault/chain.py. Entries are added and nothing else, but
# that the oldest may go once an entry of the chain itself says so, with the number and hash of the last one.
AUDIT_CHAIN: Step = (
    "ALTER TABLE activity ADD COLUMN who TEXT NOT NULL DEFAULT ''",  # empty: older than the chain
    "ALTER TABLE activity ADD COLUMN hash BLOB NOT NULL DEFAULT x''",
    chain.chain_older,
    "CREATE INDEX activity_pruned ON activity (id) WHERE action = 'pruned'",
    """
    CREATE TRIGGER activity_is_chained BEFORE INSERT ON activity
    WHEN typeof(new.hash) != 'blob' OR length(new.hash) != 32 BEGIN
        SELECT RAISE(ABORT, 'an entry of the activity needs its hash');
    END
    """,
    """
    CREATE TRIGGER activity_is_never_changed BEFORE UPDATE ON activity BEGIN
        SELECT RAISE(ABORT, 'an entry of the activity is never changed');
    END
    """,
    """
    CREATE TRIGGER activity_is_never_removed BEFORE DELETE ON activity
    WHEN old.id > ifnull(
        (SELECT json_extract(detail, '$.up_to') FROM activity
         WHERE action = 'pruned' ORDER BY id DESC LIMIT 1), 0
    ) BEGIN
        SELECT RAISE(ABORT, 'an entry of the activity is never removed');
    END
    """,
)

# What stands here goes again, which entries of the activity never do; see desktop/vault/in_clear.py.
EXCHANGES_IN_CLEAR: Step = (
    """
    CREATE TABLE activity_in_clear (
        entry INTEGER PRIMARY KEY,
        connector TEXT NOT NULL,
        steps TEXT NOT NULL
    )
    """,
)

# Whether the service refused the access token itself, and not only a new one in its place.
REFUSED_TOKENS: Step = ("ALTER TABLE accounts ADD COLUMN token_refused INTEGER NOT NULL DEFAULT 0",)

# For accounts that became somebody else's; see desktop/vault/people.py.
EARLIER_PEOPLE: Step = (
    """
    CREATE TABLE earlier_people (
        account_id TEXT NOT NULL,
        until INTEGER NOT NULL,
        name TEXT NOT NULL,
        email TEXT NOT NULL,
        identity TEXT NOT NULL,
        profile TEXT NOT NULL,
        PRIMARY KEY (account_id, until),
        FOREIGN KEY (account_id, until) REFERENCES generations (account_id, number) ON DELETE CASCADE
    ) WITHOUT ROWID
    """,
)

STEPS: tuple[Step, ...] = (
    FIRST,
    PENDING_REFRESHES,
    SAVED_REQUESTS,
    AUDIT_CHAIN,
    EXCHANGES_IN_CLEAR,
    REFUSED_TOKENS,
    EARLIER_PEOPLE,
)


def version(database: Database) -> int:
    """How many steps this vault has taken."""
    return int(database.value("PRAGMA user_version"))


def refuse_newer(database: Database) -> None:
    """Raises NewerSchemaError: what a newer version wrote is not touched by an older one."""
    if version(database) > len(STEPS):
        raise NewerSchemaError(
            "This vault was written by a newer version of Jackfield.",
            "Install that version or a later one. Nothing was changed.",
        )


def refuse_older(database: Database) -> None:
    """For a disk on which no step can be taken. Raises SaveFailedError, NewerSchemaError."""
    refuse_newer(database)
    if version(database) < len(STEPS):
        raise SaveFailedError(
            "This vault was written by an earlier version of Jackfield and has to be brought up to date,"
            " which its read-only disk does not allow.",
            "Copy the folder to a disk that can be written, and open it there.",
        )


def create(database: Database, up_to: int | None = None) -> None:
    """All tables of a new vault, or those of an earlier version."""
    for have in range(len(STEPS) if up_to is None else up_to):
        _take_step(database, have)


def migrate(database: Database, before: Callable[[int], None]) -> None:
    """Takes the steps that an older vault lacks, each in a transaction of its own.

    `before` is called with the version that the vault has, before the first of them; it makes the backup,
    and if it raises, no step is taken.
    """
    refuse_newer(database)
    if version(database) < len(STEPS):
        before(version(database))
    while (have := version(database)) < len(STEPS):
        _take_step(database, have)


def _take_step(database: Database, have: int) -> None:
    with database.transaction():
        if version(database) != have:
            return  # another program was quicker
        for act in STEPS[have]:
            if callable(act):
                act(database)
            else:
                database.execute(act)
        database.execute(f"PRAGMA user_version = {have + 1}")

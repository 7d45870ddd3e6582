//! All tables whose rows must survive, with their columns and keys. A test compares this with the tables of both engines, so
//! that no migration is forgotten here.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Numbers, instants and switches.
    Number,
    Text,
    /// Ids, hashes and what is sealed.
    Blob,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub nullable: bool,
}

/// A table. Its key is made of its first columns.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub name: &'static str,
    /// What a row of it is.
    pub row: &'static str,
    /// How many columns its key has.
    pub key: usize,
    pub columns: &'static [Column],
}

impl Table {
    pub fn key_columns(&self) -> &'static [Column] {
        &self.columns[..self.key]
    }

    pub fn column_names(&self) -> String {
        self.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
    }

    /// Whether the database numbers its rows.
    pub fn is_numbered(&self) -> bool {
        self.columns[0].name == "nr"
    }
}

/// All names, one after the other.
pub(super) fn names() -> String {
    TABLES.iter().map(|table| table.name).collect::<Vec<_>>().join(", ")
}

/// The table that has its one row from the beginning.
pub(super) const SERVER: &str = "server";

/// What a row refers to stands before it.
pub(super) const TABLES: &[Table] = &[
    table(SERVER, "the server", 1, &[number("one"), number("epoch"), number("members"), blob("key_check").or_none()]),
    table(
        "members",
        "a member",
        1,
        &[
            blob("id"),
            text("username"),
            text("username_key"),
            text("display_name"),
            text("password_hash"),
            text("role"),
            text("tier"),
            text("market"),
            text("social_decided_on").or_none(),
            blob("social_opens_sealed").or_none(),
            number("messages"),
            number("listening_activity"),
            number("private_session"),
            number("created_at"),
        ],
    ),
    table(
        "sessions",
        "a log-in",
        1,
        &[blob("id"), blob("member"), blob("token_hash"), text("device"), number("created_at"), number("last_used_at")],
    ),
    table(
        "invites",
        "an invite link",
        1,
        &[
            blob("id"),
            blob("maker"),
            blob("token_hash"),
            blob("track").or_none(),
            number("created_at"),
            number("expires_at"),
            number("revoked_at").or_none(),
        ],
    ),
    table("conversations", "a conversation", 1, &[blob("id"), number("opened_at"), number("last_seq")]),
    table(
        "conversation_sides",
        "a side of a conversation",
        2,
        &[blob("conversation"), blob("member"), blob("other"), number("read_up_to")],
    ),
    table(
        "chat_requests",
        "a chat request",
        1,
        &[
            blob("id"),
            blob("sender"),
            blob("receiver"),
            text("relation"),
            blob("relation_id"),
            number("sent_at"),
            text("state"),
            number("closed_at").or_none(),
            blob("conversation").or_none(),
            number("taken_back_at").or_none(),
        ],
    ),
    table("blocks", "a block", 2, &[blob("blocker"), blob("blocked"), number("blocked_at")]),
    table("hidden_activity", "a hidden activity", 2, &[blob("owner"), blob("viewer")]),
    table(
        "messages",
        "a message",
        1,
        &[blob("id"), blob("conversation"), blob("sender"), number("seq"), number("sent_at"), blob("sealed")],
    ),
    table("data_keys", "a data key", 2, &[blob("conversation"), blob("sender"), blob("sealed")]),
    table("inbox_heads", "an inbox", 1, &[blob("member"), number("seq"), number("permissions")]),
    table(
        "inbox_entries",
        "an entry of an inbox",
        2,
        &[blob("member"), number("seq"), text("kind"), blob("subject"), number("up_to").or_none()],
    ),
    table(
        "jams",
        "a Jam",
        1,
        &[
            blob("id"),
            number("started_at"),
            number("ended_at").or_none(),
            number("revision"),
            text("state"),
            blob("owner").or_none(),
        ],
    ),
    table("jam_events", "an event of a Jam", 2, &[blob("jam"), number("revision"), number("at"), text("event")]),
    table(
        "jam_seats",
        "a seat of a Jam",
        2,
        &[blob("jam"), blob("member"), number("joined_at"), number("left_at").or_none()],
    ),
    table(
        "jam_requests",
        "a Jam request",
        1,
        &[
            blob("id"),
            blob("conversation"),
            blob("sender"),
            blob("receiver"),
            number("sent_at"),
            number("expires_at"),
            text("state"),
            blob("jam").or_none(),
        ],
    ),
    table("folders", "a music folder", 1, &[blob("id"), text("path")]),
    table(
        "artists",
        "an artist",
        1,
        &[
            number("nr"),
            blob("id"),
            text("name"),
            text("sort_key"),
            number("album_count"),
            number("track_count"),
            blob("artwork").or_none(),
        ],
    ),
    table(
        "albums",
        "an album",
        1,
        &[
            number("nr"),
            blob("id"),
            text("title"),
            text("sort_key"),
            blob("artist"),
            text("artist_key"),
            number("year").or_none(),
            number("track_count"),
            blob("artwork").or_none(),
            number("added_at"),
        ],
    ),
    table(
        "tracks",
        "a track",
        1,
        &[
            number("nr"),
            blob("id"),
            blob("folder"),
            text("path"),
            number("size_bytes"),
            number("modified_ms"),
            text("mime"),
            text("title"),
            text("sort_key"),
            blob("artist"),
            text("artist_name"),
            text("artist_key"),
            blob("album").or_none(),
            text("album_key"),
            number("disc").or_none(),
            number("number").or_none(),
            number("place"),
            number("duration_ms"),
            text("genre").or_none(),
            number("year").or_none(),
            blob("artwork").or_none(),
            number("added_at"),
        ],
    ),
    table(
        "problems",
        "a file that could not be read",
        2,
        &[blob("folder"), text("path"), number("size_bytes"), number("modified_ms"), text("reason")],
    ),
    table("saved_tracks", "a saved track", 2, &[blob("member"), blob("track"), number("saved_at")]),
    table("last_played", "a track that was played last", 1, &[blob("member"), blob("track"), number("at")]),
];

const fn table(name: &'static str, row: &'static str, key: usize, columns: &'static [Column]) -> Table {
    Table { name, row, key, columns }
}

const fn number(name: &'static str) -> Column {
    Column { name, kind: Kind::Number, nullable: false }
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text, nullable: false }
}

const fn blob(name: &'static str) -> Column {
    Column { name, kind: Kind::Blob, nullable: false }
}

impl Column {
    const fn or_none(self) -> Self {
        Self { nullable: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use rig::Postgres;
    use sqlx::AnyConnection;

    use super::*;
    use crate::{
        SqlStore,
        sql::{Row, sql, sql_of},
    };

    /// What a database says of a table: its columns by name, and its key in order.
    type Real = BTreeMap<String, (BTreeMap<String, (Kind, bool)>, Vec<String>)>;

    #[tokio::test]
    async fn every_table_column_and_key_of_sqlite_is_listed() {
        let store = SqlStore::memory().await.expect("memory can be opened");
        let mut connection = store.writer.acquire().await.expect("it is open");

        assert_eq!(of_sqlite(&mut connection).await, listed());
        for table in TABLES {
            let referred = referred(&mut connection, table).await;
            let before: BTreeSet<_> =
                TABLES.iter().map(|table| table.name).take_while(|name| *name != table.name).collect();
            assert!(referred.iter().all(|other| before.contains(&**other)), "{} refers to {referred:?}", table.name);
        }
    }

    #[tokio::test]
    async fn every_table_column_and_key_of_postgres_is_listed() {
        let server = Postgres::start();
        let store = SqlStore::open(&server.url()).await.expect("the server runs");
        let mut connection = store.writer.acquire().await.expect("it is open");

        assert_eq!(of_postgres(&mut connection).await, listed());
        let numbered = "SELECT CAST(table_name AS TEXT) FROM information_schema.columns WHERE is_identity = 'YES' AND column_name = 'nr'";
        let numbered = names_of(&mut connection, numbered).await;
        let expected: BTreeSet<_> =
            TABLES.iter().filter(|table| table.is_numbered()).map(|table| table.name.to_owned()).collect();
        assert_eq!(numbered, expected);
    }

    fn listed() -> Real {
        let of = |table: &Table| {
            let columns = table.columns.iter().map(|column| (column.name.into(), (column.kind, column.nullable)));
            let key = table.key_columns().iter().map(|column| column.name.into()).collect();
            (table.name.into(), (columns.collect(), key))
        };

        TABLES.iter().map(of).collect()
    }

    /// The steps that were taken are noted anew, words are indexed anew, and the rest is true only at one moment.
    fn must_survive(table: &str) -> bool {
        let left = ["migrations", "nodes", "leases", "listening", "jam_tabs"];

        !left.contains(&table) && !table.contains("_words") && !table.starts_with("sqlite_")
    }

    async fn of_sqlite(on: &mut AnyConnection) -> Real {
        let mut real = Real::new();

        for name in names_of(on, "SELECT name FROM sqlite_master WHERE type = 'table'").await {
            let of = sql_of(format!("SELECT name, type, \"notnull\", pk FROM pragma_table_info('{name}') ORDER BY pk"));
            let columns = of
                .all(&mut *on, |row| {
                    let place: i64 = row.get("pk")?;
                    Ok((
                        row.get("name")?,
                        kind(&row.get::<String>("type")?),
                        row.get::<i64>("notnull")? == 0,
                        place > 0,
                    ))
                })
                .await
                .expect("a read");
            real.insert(name, sorted(columns));
        }
        real
    }

    async fn of_postgres(on: &mut AnyConnection) -> Real {
        let mut real = Real::new();

        for name in
            names_of(on, "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = 'public'").await
        {
            let of = sql_of(format!(
                "SELECT CAST(c.column_name AS TEXT) AS name, CAST(c.data_type AS TEXT) AS type,
                        CAST(c.is_nullable AS TEXT) AS empty, CAST(COALESCE(k.ordinal_position, 0) AS BIGINT) AS pk
                 FROM information_schema.columns c LEFT JOIN information_schema.table_constraints t
                     ON t.table_name = c.table_name AND t.constraint_type = 'PRIMARY KEY'
                 LEFT JOIN information_schema.key_column_usage k
                     ON k.constraint_name = t.constraint_name AND k.column_name = c.column_name
                 WHERE c.table_name = '{name}' ORDER BY k.ordinal_position"
            ));
            let columns = of
                .all(&mut *on, |row| {
                    let place: i64 = row.get("pk")?;
                    let empty = row.get::<String>("empty")? == "YES";
                    Ok((row.get("name")?, kind(&row.get::<String>("type")?), empty, place > 0))
                })
                .await
                .expect("a read");
            real.insert(name, sorted(columns));
        }
        real
    }

    fn sorted(columns: Vec<(String, Kind, bool, bool)>) -> (BTreeMap<String, (Kind, bool)>, Vec<String>) {
        let key = columns.iter().filter(|column| column.3).map(|column| column.0.clone()).collect();

        (columns.into_iter().map(|(name, kind, nullable, _)| (name, (kind, nullable))).collect(), key)
    }

    fn kind(name: &str) -> Kind {
        match name.to_lowercase().as_str() {
            "bigint" | "integer" => Kind::Number,
            "text" => Kind::Text,
            "blob" | "bytea" => Kind::Blob,
            other => panic!("a column of the kind {other}"),
        }
    }

    async fn names_of(on: &mut AnyConnection, question: &'static str) -> BTreeSet<String> {
        let first = |row: &Row<'_>| crate::sql::only::<String>(row);
        let names = sql(question).all(on, first).await.expect("a read");

        names.into_iter().filter(|name| must_survive(name)).collect()
    }

    async fn referred(on: &mut AnyConnection, table: &Table) -> Vec<String> {
        let of = sql_of(format!("SELECT \"table\" AS name FROM pragma_foreign_key_list('{}')", table.name));

        of.all(on, |row| row.get("name")).await.expect("a read")
    }
}

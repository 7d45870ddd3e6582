//! Steps of the tables only add, so that two versions can run side by side: whatever is not known to be an addition is
//! refused here.

use super::{LASTING, Migration, PRESENT};

/// The first step that may meet a running node of the version before.
const FIRST: i64 = 7;

#[test]
fn every_step_since_there_are_several_nodes_only_adds() {
    let newer = LASTING.iter().filter(|step| step.version >= FIRST).chain(&PRESENT[1..]);

    for Migration { version, shared, sqlite, postgres } in newer {
        for text in [shared, sqlite, postgres] {
            assert_eq!(objection(text), None, "in step {version}");
        }
    }
}

#[test]
fn a_step_that_an_older_node_would_notice_is_found() {
    for bad in [
        "DROP TABLE jams;",
        "CREATE TABLE a (id BIGINT); DROP INDEX tracks_by_age;",
        "ALTER TABLE jams DROP COLUMN owner;",
        "ALTER TABLE jams RENAME TO sessions_together;",
        "ALTER TABLE jams RENAME COLUMN owner TO node;",
        "ALTER TABLE jams ALTER COLUMN owner SET NOT NULL;",
        "ALTER TABLE jams\n    ALTER owner TYPE TEXT;",
        "ALTER TABLE jams ADD COLUMN place BIGINT NOT NULL;",
        "alter table jams add column place bigint not null;",
        "ALTER TABLE jams ADD COLUMN place BIGINT UNIQUE;",
        "ALTER TABLE jams ADD COLUMN place BIGINT NOT NULL DEFAULT 0 CHECK (place > 0);",
        "ALTER TABLE jams ADD COLUMN host {{blob}} REFERENCES members (id);",
        "ALTER TABLE jams ADD COLUMN one BIGINT, ADD COLUMN two BIGINT NOT NULL;",
        "ALTER TABLE jams ADD CONSTRAINT jams_have_owners CHECK (owner IS NOT NULL);",
        "ALTER TABLE jams ADD CONSTRAINT jams_owner UNIQUE (owner);",
        "CREATE UNIQUE INDEX jams_by_owner ON jams (owner);",
        "-- CREATE TABLE jams (id BIGINT);\nCREATE UNIQUE INDEX jams_by_owner ON jams (owner);",
        "CREATE TRIGGER jams_end AFTER DELETE ON jams EXECUTE FUNCTION nothing();",
        "DELETE FROM jams;",
        "UPDATE jams SET owner = NULL;",
        "TRUNCATE jams;",
    ] {
        assert!(objection(bad).is_some(), "{bad}");
    }
    for good in [
        "-- DROP is only spoken of here; so is RENAME.\nALTER TABLE jams ADD COLUMN place BIGINT;",
        "ALTER TABLE jams ADD COLUMN place BIGINT NOT NULL DEFAULT 0;",
        "CREATE INDEX jams_by_owner ON jams (owner);",
        "CREATE TABLE seats (id {{blob}} NOT NULL, CONSTRAINT seats_id PRIMARY KEY (id), CHECK (id IS NOT NULL));
         CREATE UNIQUE INDEX seats_by_id ON seats (id);",
        "CREATE TABLE dropped (renamed TEXT NOT NULL);",
    ] {
        assert_eq!(objection(good), None, "{good}");
    }
}

/// Why a step is more than an addition; nothing when it is none.
fn objection(step: &str) -> Option<String> {
    let without_words: String =
        step.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let statements: Vec<Vec<String>> = without_words.split(';').map(tokens).filter(|words| !words.is_empty()).collect();
    let made: Vec<&str> = statements.iter().filter_map(|words| after(words, "CREATE TABLE")).collect();

    statements.iter().find_map(|words| {
        let adds = match words.first().map(String::as_str) {
            Some("CREATE") => creates(words, &made),
            Some("ALTER") => {
                after(words, "ALTER TABLE").is_some() && words[3..].split(|word| word == ",").all(adds_column)
            }
            _ => false,
        };
        (!adds).then(|| words.join(" "))
    })
}

/// A table or an index is new, and an index forbids nothing in a table that was there.
fn creates(words: &[String], made: &[&str]) -> bool {
    let on = || words.iter().position(|word| word == "ON").and_then(|on| words.get(on + 1));

    match words.get(1).map(String::as_str) {
        Some("TABLE" | "INDEX") => true,
        Some("UNIQUE") => on().is_some_and(|table| made.contains(&table.as_str())),
        _ => false,
    }
}

/// A column is added that an older node may leave out, whatever the others hold.
fn adds_column(words: &[String]) -> bool {
    let has = |word: &str| words.iter().any(|other| other == word);
    let binds = ["UNIQUE", "CHECK", "PRIMARY", "REFERENCES", "CONSTRAINT"].iter().any(|word| has(word));

    words.starts_with(&["ADD".into(), "COLUMN".into()]) && !binds && (!has("NULL") || has("DEFAULT"))
}

/// The name that follows these words at the beginning.
fn after<'w>(words: &'w [String], first: &str) -> Option<&'w str> {
    let first: Vec<_> = first.split(' ').collect();
    let begins = words.iter().zip(&first).all(|(word, first)| word == first);

    words.get(first.len()).filter(|_| begins).map(String::as_str)
}

/// The words of a statement in capitals. Signs stand alone.
fn tokens(statement: &str) -> Vec<String> {
    let spaced =
        ['(', ')', ','].iter().fold(statement.to_uppercase(), |text, sign| text.replace(*sign, &format!(" {sign} ")));

    spaced.split_whitespace().map(str::to_owned).collect()
}

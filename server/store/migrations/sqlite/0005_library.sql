-- The search index of SQLite: one row per track, album and artist, found by `nr`. The rows hold folded words and no
-- text, because the text is in the tables; they are written by the transactions that write those.

CREATE VIRTUAL TABLE track_words USING fts5 (
    title, artist, album,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);

CREATE VIRTUAL TABLE album_words USING fts5 (
    title, artist,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);

CREATE VIRTUAL TABLE artist_words USING fts5 (
    name,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);

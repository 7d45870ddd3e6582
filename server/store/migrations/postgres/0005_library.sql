-- The search index of PostgreSQL: one row per track, album and artist, found by `nr`. The rows hold folded words with
-- their weights; they are written by the transactions that write the tables.

CREATE TABLE track_words (
    nr BIGINT NOT NULL,
    words TSVECTOR NOT NULL,
    CONSTRAINT track_words_nr PRIMARY KEY (nr)
);

CREATE INDEX track_words_by_word ON track_words USING gin (words);

CREATE TABLE album_words (
    nr BIGINT NOT NULL,
    words TSVECTOR NOT NULL,
    CONSTRAINT album_words_nr PRIMARY KEY (nr)
);

CREATE INDEX album_words_by_word ON album_words USING gin (words);

CREATE TABLE artist_words (
    nr BIGINT NOT NULL,
    words TSVECTOR NOT NULL,
    CONSTRAINT artist_words_nr PRIMARY KEY (nr)
);

CREATE INDEX artist_words_by_word ON artist_words USING gin (words);

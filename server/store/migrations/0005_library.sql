-- The music. A row of `folders` is a folder that is scanned, a row of `tracks` a playable file in it with what its tags
-- say, a row of `problems` a file that could not be read. Rows of `albums` and `artists` exist while a track needs them;
-- their counts, years and covers are kept up with every scan, so that a list of them reads one index. `nr` numbers rows
-- for the search index and settles ties. A `sort_key` is the folded name without a leading "the". `place` is disc and
-- number in one. `artwork` holds 16 bytes of id, 3 of tint, and the thumbhash. Rows of `saved_tracks` and `last_played`
-- belong to members and go with their track.

CREATE TABLE folders (
    id {{blob}} NOT NULL,
    path TEXT NOT NULL,
    CONSTRAINT folders_id PRIMARY KEY (id),
    CONSTRAINT folders_path UNIQUE (path)
);

CREATE TABLE artists (
    nr {{serial}},
    id {{blob}} NOT NULL,
    name TEXT NOT NULL,
    sort_key {{key}} NOT NULL,
    album_count BIGINT NOT NULL,
    track_count BIGINT NOT NULL,
    artwork {{blob}},
    CONSTRAINT artists_id UNIQUE (id)
);

CREATE INDEX artists_by_name ON artists (sort_key, nr);

CREATE TABLE albums (
    nr {{serial}},
    id {{blob}} NOT NULL,
    title TEXT NOT NULL,
    sort_key {{key}} NOT NULL,
    artist {{blob}} NOT NULL,
    artist_key {{key}} NOT NULL,
    year BIGINT,
    track_count BIGINT NOT NULL,
    artwork {{blob}},
    added_at BIGINT NOT NULL,
    CONSTRAINT albums_id UNIQUE (id),
    CONSTRAINT albums_are_by_artists FOREIGN KEY (artist) REFERENCES artists (id)
);

CREATE INDEX albums_by_title ON albums (sort_key, nr);
CREATE INDEX albums_by_artist_name ON albums (artist_key, sort_key, nr);
CREATE INDEX albums_by_age ON albums (added_at DESC, nr);
CREATE INDEX albums_of_artist ON albums (artist, sort_key);

CREATE TABLE tracks (
    nr {{serial}},
    id {{blob}} NOT NULL,
    folder {{blob}} NOT NULL,
    path TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL,
    mime TEXT NOT NULL,
    title TEXT NOT NULL,
    sort_key {{key}} NOT NULL,
    artist {{blob}} NOT NULL,
    artist_name TEXT NOT NULL,
    artist_key {{key}} NOT NULL,
    album {{blob}},
    album_key {{key}} NOT NULL,
    disc BIGINT,
    number BIGINT,
    place BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    genre TEXT,
    year BIGINT,
    artwork {{blob}},
    added_at BIGINT NOT NULL,
    CONSTRAINT tracks_id UNIQUE (id),
    CONSTRAINT tracks_folder_path UNIQUE (folder, path),
    CONSTRAINT tracks_are_in_folders FOREIGN KEY (folder) REFERENCES folders (id),
    CONSTRAINT tracks_are_by_artists FOREIGN KEY (artist) REFERENCES artists (id),
    CONSTRAINT tracks_are_on_albums FOREIGN KEY (album) REFERENCES albums (id)
);

CREATE INDEX tracks_by_title ON tracks (sort_key, nr);
CREATE INDEX tracks_by_artist_name ON tracks (artist_key, album_key, place, nr);
CREATE INDEX tracks_by_age ON tracks (added_at DESC, nr);
CREATE INDEX tracks_of_album ON tracks (album, place);
CREATE INDEX tracks_of_artist ON tracks (artist, sort_key);

CREATE TABLE problems (
    folder {{blob}} NOT NULL,
    path TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT problems_folder_path PRIMARY KEY (folder, path),
    CONSTRAINT problems_are_in_folders FOREIGN KEY (folder) REFERENCES folders (id)
);

CREATE TABLE saved_tracks (
    member {{blob}} NOT NULL,
    track {{blob}} NOT NULL,
    saved_at BIGINT NOT NULL,
    CONSTRAINT saved_tracks_member_track PRIMARY KEY (member, track),
    CONSTRAINT saved_tracks_are_of_members FOREIGN KEY (member) REFERENCES members (id) ON DELETE CASCADE,
    CONSTRAINT saved_tracks_are_tracks FOREIGN KEY (track) REFERENCES tracks (id) ON DELETE CASCADE
);

CREATE INDEX saved_tracks_by_age ON saved_tracks (member, saved_at);
CREATE INDEX saved_tracks_of_track ON saved_tracks (track);

CREATE TABLE last_played (
    member {{blob}} NOT NULL,
    track {{blob}} NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT last_played_member PRIMARY KEY (member),
    CONSTRAINT last_played_is_of_members FOREIGN KEY (member) REFERENCES members (id) ON DELETE CASCADE,
    CONSTRAINT last_played_is_a_track FOREIGN KEY (track) REFERENCES tracks (id) ON DELETE CASCADE
);

CREATE INDEX last_played_of_track ON last_played (track);

-- Several nodes over one database. `permissions` counts what was cut or granted to a member (log-ins, blocks, switches
-- and exceptions, theirs and their contacts'): a node that may have missed a hint compares it. `owner` is the node that
-- moves a Jam on; it is the one that changed it last. `key_check` is a word sealed with the master key, so that no node
-- starts with another key.

ALTER TABLE inbox_heads ADD COLUMN permissions BIGINT NOT NULL DEFAULT 0;
ALTER TABLE jams ADD COLUMN owner {{blob}};
ALTER TABLE server ADD COLUMN key_check {{blob}};

-- A node whose cache lacks a picture finds a file that bears it.
CREATE INDEX tracks_by_artwork ON tracks (substr(artwork, 1, 16));

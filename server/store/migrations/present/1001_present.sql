-- What is true at this moment and means nothing once everything has stopped. A row of `nodes` is a running server;
-- `beats` grows while it works, `buried_at` says when the others gave it up. A row of `leases` says which node does
-- something that only one may do. A row of `listening` is what a member plays, by the node whose socket said so; its
-- `revision` grows with every change. A row of `jam_tabs` is a tab that shows a Jam, and whether it sounds.

CREATE TABLE nodes (
    id {{blob}} NOT NULL,
    beats BIGINT NOT NULL,
    buried_at BIGINT,
    CONSTRAINT nodes_id PRIMARY KEY (id)
);

CREATE TABLE leases (
    name TEXT NOT NULL,
    node {{blob}} NOT NULL,
    CONSTRAINT leases_name PRIMARY KEY (name)
);

CREATE TABLE listening (
    member {{blob}} NOT NULL,
    revision BIGINT NOT NULL,
    node {{blob}} NOT NULL,
    sounds BIGINT NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT listening_member PRIMARY KEY (member)
);

CREATE INDEX listening_by_node ON listening (node, sounds);

CREATE TABLE jam_tabs (
    jam {{blob}} NOT NULL,
    member {{blob}} NOT NULL,
    tab {{blob}} NOT NULL,
    node {{blob}} NOT NULL,
    sounds BIGINT NOT NULL,
    CONSTRAINT jam_tabs_jam_member_tab PRIMARY KEY (jam, member, tab)
);

CREATE INDEX jam_tabs_by_node ON jam_tabs (node);

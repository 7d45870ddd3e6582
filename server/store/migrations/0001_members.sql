-- Who is here. The one row of `server` says which life of the database this is (`epoch`: positions in inboxes mean
-- something only within it) and counts the members, so that exactly one sign-up is the first. A row of `members` is an
-- account. Of its age either the day is known on which "at least 16" was decided, or the sealed day on which the social
-- side opens, never both. A row of `sessions` is a log-in on one device; the token itself is known only to the browser.
--
-- Conventions of all migrations: ids are 16 bytes, instants are milliseconds, switches are 0 or 1. Unique constraints
-- are named by their table and columns, because that is all an engine tells when one breaks.

CREATE TABLE server (
    one BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    members BIGINT NOT NULL,
    CONSTRAINT server_one PRIMARY KEY (one),
    CONSTRAINT server_has_one_row CHECK (one = 1)
);

INSERT INTO server (one, epoch, members) VALUES (1, {{random}}, 0);

CREATE TABLE members (
    id {{blob}} NOT NULL,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL,
    display_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    tier TEXT NOT NULL,
    market TEXT NOT NULL,
    social_decided_on TEXT,
    social_opens_sealed {{blob}},
    messages BIGINT NOT NULL,
    listening_activity BIGINT NOT NULL,
    private_session BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT members_id PRIMARY KEY (id),
    CONSTRAINT members_username_key UNIQUE (username_key),
    CONSTRAINT members_role_is_known CHECK (role IN ('member', 'moderator', 'administrator')),
    CONSTRAINT members_tier_is_known CHECK (tier IN ('free', 'premium')),
    CONSTRAINT members_age_is_open_or_sealed CHECK ((social_decided_on IS NULL) <> (social_opens_sealed IS NULL)),
    CONSTRAINT members_switches_are_0_or_1
        CHECK (messages IN (0, 1) AND listening_activity IN (0, 1) AND private_session IN (0, 1))
);

CREATE TABLE sessions (
    id {{blob}} NOT NULL,
    member {{blob}} NOT NULL,
    token_hash {{blob}} NOT NULL,
    device TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    CONSTRAINT sessions_id PRIMARY KEY (id),
    CONSTRAINT sessions_token_hash UNIQUE (token_hash),
    CONSTRAINT sessions_belong_to_members FOREIGN KEY (member) REFERENCES members (id) ON DELETE CASCADE
);

CREATE INDEX sessions_of_member ON sessions (member, last_used_at);

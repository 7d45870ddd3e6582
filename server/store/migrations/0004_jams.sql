-- Listening together. A row of `jam_requests` asks the other member of a conversation for a Jam. A row of `jams` is a Jam
-- as it stands after its last event, written as JSON; a row of `jam_events` is one event of its log, and `revision`
-- counts them, so a state can be proved from its log. A row of `jam_seats` says that a member has or had a seat: it finds
-- the Jam of a member, and it stays after they left, because having been in one Jam is a reason to ask to chat.

CREATE TABLE jams (
    id {{blob}} NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    revision BIGINT NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT jams_id PRIMARY KEY (id)
);

CREATE INDEX jams_by_end ON jams (ended_at, started_at);

CREATE TABLE jam_events (
    jam {{blob}} NOT NULL,
    revision BIGINT NOT NULL,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    CONSTRAINT jam_events_jam_revision PRIMARY KEY (jam, revision),
    CONSTRAINT jam_events_are_of_jams FOREIGN KEY (jam) REFERENCES jams (id) ON DELETE CASCADE
);

CREATE TABLE jam_seats (
    jam {{blob}} NOT NULL,
    member {{blob}} NOT NULL,
    joined_at BIGINT NOT NULL,
    left_at BIGINT,
    CONSTRAINT jam_seats_jam_member PRIMARY KEY (jam, member),
    CONSTRAINT jam_seats_are_in_jams FOREIGN KEY (jam) REFERENCES jams (id) ON DELETE CASCADE,
    CONSTRAINT jam_seats_are_of_members FOREIGN KEY (member) REFERENCES members (id)
);

CREATE INDEX jam_seats_of_member ON jam_seats (member, left_at);

CREATE TABLE jam_requests (
    id {{blob}} NOT NULL,
    conversation {{blob}} NOT NULL,
    sender {{blob}} NOT NULL,
    receiver {{blob}} NOT NULL,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    jam {{blob}},
    CONSTRAINT jam_requests_id PRIMARY KEY (id),
    CONSTRAINT jam_requests_state_is_known CHECK (state IN ('open', 'accepted', 'declined', 'gone')),
    CONSTRAINT jam_requests_accepted_have_a_jam CHECK ((state = 'accepted') = (jam IS NOT NULL)),
    CONSTRAINT jam_requests_are_in_conversations FOREIGN KEY (conversation) REFERENCES conversations (id),
    CONSTRAINT jam_requests_come_from_members FOREIGN KEY (sender) REFERENCES members (id),
    CONSTRAINT jam_requests_go_to_members FOREIGN KEY (receiver) REFERENCES members (id)
);

CREATE INDEX jam_requests_by_state ON jam_requests (state, expires_at);
CREATE INDEX jam_requests_of_conversation ON jam_requests (conversation, state);

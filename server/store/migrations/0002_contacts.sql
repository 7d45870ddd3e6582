-- Who may reach whom. A row of `invites` is an invite link; its token is stored only as a hash. A row of `chat_requests`
-- is one "may I write to you", kept for ever because a "no" limits how often one may ask again. A row of `conversations`
-- is an accepted chat; its two rows in `conversation_sides` are the same chat as each of the two sees it, so that every
-- question about a member's contacts reads one index, and so that two members never have two conversations. A row of
-- `blocks` is a block, a row of `hidden_activity` a contact from whom the owner hides what they play.

CREATE TABLE invites (
    id {{blob}} NOT NULL,
    maker {{blob}} NOT NULL,
    token_hash {{blob}} NOT NULL,
    track {{blob}},
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    CONSTRAINT invites_id PRIMARY KEY (id),
    CONSTRAINT invites_token_hash UNIQUE (token_hash),
    CONSTRAINT invites_belong_to_members FOREIGN KEY (maker) REFERENCES members (id) ON DELETE CASCADE
);

CREATE INDEX invites_of_maker ON invites (maker, expires_at);

CREATE TABLE conversations (
    id {{blob}} NOT NULL,
    opened_at BIGINT NOT NULL,
    -- The place of the newest message. Adding a message locks this row, so places have neither holes nor twins.
    last_seq BIGINT NOT NULL,
    CONSTRAINT conversations_id PRIMARY KEY (id)
);

CREATE TABLE conversation_sides (
    conversation {{blob}} NOT NULL,
    member {{blob}} NOT NULL,
    other {{blob}} NOT NULL,
    read_up_to BIGINT NOT NULL,
    CONSTRAINT conversation_sides_conversation_member PRIMARY KEY (conversation, member),
    CONSTRAINT conversation_sides_member_other UNIQUE (member, other),
    CONSTRAINT conversation_sides_are_of_conversations
        FOREIGN KEY (conversation) REFERENCES conversations (id) ON DELETE CASCADE,
    CONSTRAINT conversation_sides_are_of_members FOREIGN KEY (member) REFERENCES members (id),
    CONSTRAINT conversation_sides_face_members FOREIGN KEY (other) REFERENCES members (id)
);

CREATE TABLE chat_requests (
    id {{blob}} NOT NULL,
    sender {{blob}} NOT NULL,
    receiver {{blob}} NOT NULL,
    relation TEXT NOT NULL,
    relation_id {{blob}} NOT NULL,
    sent_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    closed_at BIGINT,
    conversation {{blob}},
    CONSTRAINT chat_requests_id PRIMARY KEY (id),
    CONSTRAINT chat_requests_relation_is_known CHECK (relation IN ('invite', 'jam')),
    CONSTRAINT chat_requests_state_is_known CHECK (state IN ('open', 'accepted', 'declined', 'withdrawn')),
    CONSTRAINT chat_requests_come_from_members FOREIGN KEY (sender) REFERENCES members (id),
    CONSTRAINT chat_requests_go_to_members FOREIGN KEY (receiver) REFERENCES members (id),
    CONSTRAINT chat_requests_open_conversations FOREIGN KEY (conversation) REFERENCES conversations (id)
);

CREATE INDEX chat_requests_sent ON chat_requests (sender, receiver, sent_at);
CREATE INDEX chat_requests_received ON chat_requests (receiver, sender, sent_at);

CREATE TABLE blocks (
    blocker {{blob}} NOT NULL,
    blocked {{blob}} NOT NULL,
    blocked_at BIGINT NOT NULL,
    CONSTRAINT blocks_blocker_blocked PRIMARY KEY (blocker, blocked),
    CONSTRAINT blocks_come_from_members FOREIGN KEY (blocker) REFERENCES members (id) ON DELETE CASCADE,
    CONSTRAINT blocks_meet_members FOREIGN KEY (blocked) REFERENCES members (id) ON DELETE CASCADE
);

CREATE TABLE hidden_activity (
    owner {{blob}} NOT NULL,
    viewer {{blob}} NOT NULL,
    CONSTRAINT hidden_activity_owner_viewer PRIMARY KEY (owner, viewer),
    CONSTRAINT hidden_activity_is_of_members FOREIGN KEY (owner) REFERENCES members (id) ON DELETE CASCADE,
    CONSTRAINT hidden_activity_is_from_members FOREIGN KEY (viewer) REFERENCES members (id) ON DELETE CASCADE
);

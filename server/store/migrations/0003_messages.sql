-- What was said. A row of `messages` is a message with its body sealed; `seq` is its place in the conversation, from 1
-- without holes. A row of `data_keys` is the wrapped key of one sender in one conversation; without it that sender's
-- words there are gone. A row of `inbox_entries` points to something that is addressed to a member; `inbox_heads` holds
-- the place of the newest entry. Whoever adds an entry raises the head first, in the transaction of the data: that locks
-- the member's row, so places are dense and appear in the order in which their transactions commit.

CREATE TABLE messages (
    id {{blob}} NOT NULL,
    conversation {{blob}} NOT NULL,
    sender {{blob}} NOT NULL,
    seq BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    sealed {{blob}} NOT NULL,
    CONSTRAINT messages_id PRIMARY KEY (id),
    CONSTRAINT messages_conversation_seq UNIQUE (conversation, seq),
    CONSTRAINT messages_are_in_conversations FOREIGN KEY (conversation) REFERENCES conversations (id),
    CONSTRAINT messages_come_from_members FOREIGN KEY (sender) REFERENCES members (id)
);

CREATE TABLE data_keys (
    conversation {{blob}} NOT NULL,
    sender {{blob}} NOT NULL,
    sealed {{blob}} NOT NULL,
    CONSTRAINT data_keys_conversation_sender PRIMARY KEY (conversation, sender),
    CONSTRAINT data_keys_are_of_conversations FOREIGN KEY (conversation) REFERENCES conversations (id),
    CONSTRAINT data_keys_are_of_members FOREIGN KEY (sender) REFERENCES members (id)
);

CREATE TABLE inbox_heads (
    member {{blob}} NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT inbox_heads_member PRIMARY KEY (member),
    CONSTRAINT inbox_heads_are_of_members FOREIGN KEY (member) REFERENCES members (id) ON DELETE CASCADE
);

CREATE TABLE inbox_entries (
    member {{blob}} NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject {{blob}} NOT NULL,
    up_to BIGINT,
    CONSTRAINT inbox_entries_member_seq PRIMARY KEY (member, seq),
    CONSTRAINT inbox_entries_kind_is_known
        CHECK (kind IN ('message', 'read', 'chat_request', 'jam_request', 'conversation')),
    CONSTRAINT inbox_entries_read_up_to_a_place CHECK ((kind = 'read') = (up_to IS NOT NULL)),
    CONSTRAINT inbox_entries_are_of_members FOREIGN KEY (member) REFERENCES inbox_heads (member) ON DELETE CASCADE
);

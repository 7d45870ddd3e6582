-- A declined request looks open to its sender, who may take it back like any other. `taken_back_at` remembers that: the
-- request then looks withdrawn to them and still counts as declined.

ALTER TABLE chat_requests ADD COLUMN taken_back_at BIGINT;

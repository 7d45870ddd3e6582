-- When a node last said that it works: what it said itself is believed for a lease from then on, however late the others
-- notice that it has died. None from nodes that do not know of this column.

ALTER TABLE nodes ADD COLUMN beaten_at BIGINT;

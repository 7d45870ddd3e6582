//! Invite links, chat requests and blocks (rules M1 to M4, M12).

mod blocks;
mod invites;
mod requests;

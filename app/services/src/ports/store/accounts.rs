//! Members, their log-ins and their switches.

use async_trait::async_trait;
use domain::{
    MemberId, SessionId, Timestamp, TrackId,
    account::{DisplayName, Market, Role, Switches, Tier, Username},
};
use jiff::civil::Date;

use super::{Head, StoreResult};

/// A member as stored: like `domain::account::Member`, with the day of an under-16 sealed.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "as in domain::account::Member")]
pub struct StoredMember {
    pub id: MemberId,
    pub username: Username,
    pub display_name: DisplayName,
    pub role: Role,
    pub tier: Tier,
    pub market: Market,
    pub age: StoredAge,
    pub switches: Switches,
    pub created_at: Timestamp,
}

/// All that is stored of an age (A1).
#[derive(Clone, Debug, PartialEq)]
pub enum StoredAge {
    /// At least 16, decided on this day.
    Open(Date),
    /// The day on which the social side opens, sealed by `Keys`.
    Closed(Vec<u8>),
}

/// A log-in. The token itself is known only to the browser.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSession {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub member: MemberId,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// A short name of browser and system.
    pub device: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Timestamp,
}

/// What a log-in is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogInKey {
    /// SHA-256 of its token.
    TokenHash([u8; 32]),
    /// Its id.
    Session(SessionId),
}

/// A log-in with everything that it permits, as they were at one and the same moment.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredLogIn {
    /// The log-in.
    pub session: StoredSession,
    /// Whose it is.
    pub member: StoredMember,
    /// The permission mark of that member.
    pub permissions: i64,
}

/// Accounts.
///
/// Whatever lets a member see or do less or more (switches, a role, a log-in that ended, a new password) raises the
/// permission mark of everybody whom it concerns, in the same transaction; see `MessageStore::marks`.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Random at the first start of a database; positions in inboxes are valid within one epoch.
    async fn epoch(&self) -> StoreResult<i64>;
    /// A word sealed with the master key, to know the key by. Stores this one unless there is one, and answers the one
    /// that is stored now.
    async fn key_check(&self, sealed: &[u8]) -> StoreResult<Vec<u8>>;
    /// Whether anything was ever sealed here.
    async fn knows_a_key(&self) -> StoreResult<bool>;
    /// Some of the days that are sealed, each with its member, in no order: to try a master key with.
    async fn some_sealed_ages(&self, limit: u32) -> StoreResult<Vec<(MemberId, Vec<u8>)>>;
    /// How many members there are.
    async fn member_count(&self) -> StoreResult<u64>;
    /// Adds a member; the first of all becomes administrator whatever `member.role` says. Answers the role.
    /// Refuses with `UsernameTaken`, compared by `Username::key`.
    async fn add_member(&self, member: &StoredMember, password_hash: &str) -> StoreResult<Role>;
    /// The member of this id.
    async fn member(&self, id: MemberId) -> StoreResult<Option<StoredMember>>;
    /// The members of these ids, in no order, without the unknown.
    async fn members(&self, ids: &[MemberId]) -> StoreResult<Vec<StoredMember>>;
    /// Id and password hash of a `Username::key`.
    async fn credentials(&self, username_key: &str) -> StoreResult<Option<(MemberId, String)>>;
    /// The password hash of a member.
    async fn password_hash(&self, id: MemberId) -> StoreResult<Option<String>>;
    /// A new password hash; ends every session but `keep`. Answers the ended ones.
    async fn set_password(&self, id: MemberId, hash: &str, keep: Option<SessionId>) -> StoreResult<Vec<SessionId>>;
    /// The day has come: the sealed date is deleted and the gate is open since this day.
    async fn open_age(&self, id: MemberId, decided_on: Date) -> StoreResult<()>;
    /// Replaces all switches; nothing happens unless they are as they were `before`. When messages go off or on, each
    /// contact gets an entry about the conversation, as with a block (M12). With listening activity off, what the member
    /// played last is forgotten (L10).
    async fn set_switches(&self, id: MemberId, before: Switches, after: Switches) -> StoreResult<Option<Vec<Head>>>;
    /// Gives a role by `Username::key`. Answers the member, if there is one.
    async fn set_role(&self, username_key: &str, role: Role) -> StoreResult<Option<MemberId>>;

    /// Adds a log-in.
    async fn add_session(&self, session: &StoredSession) -> StoreResult<()>;
    /// A log-in, with its member and their permission mark.
    async fn log_in(&self, key: LogInKey) -> StoreResult<Option<StoredLogIn>>;
    /// Notes a use.
    async fn touch_session(&self, id: SessionId, at: Timestamp) -> StoreResult<()>;
    /// The log-ins of a member, most recently used first.
    async fn sessions(&self, member: MemberId) -> StoreResult<Vec<StoredSession>>;
    /// Ends one log-in of a member. Answers whether there was one.
    async fn end_session(&self, member: MemberId, id: SessionId) -> StoreResult<bool>;

    /// Remembers or forgets what a member played last. Of one whose listening activity is off nothing is remembered (L10).
    async fn set_last_played(&self, member: MemberId, last: Option<(TrackId, Timestamp)>) -> StoreResult<()>;
    /// What these members played last, as far as the tracks are still here.
    async fn last_played(&self, members: &[MemberId]) -> StoreResult<Vec<(MemberId, TrackId, Timestamp)>>;
    /// Forgets what was played last at this instant or before, whoever played it (L5).
    async fn forget_played_until(&self, at: Timestamp) -> StoreResult<()>;
    /// Saves a track for a member, or lets it go. Twice is once.
    async fn set_saved(&self, member: MemberId, track: TrackId, saved_at: Option<Timestamp>) -> StoreResult<()>;
    /// The saved tracks of a member, newest first, at most 200 from `offset`.
    async fn saved(&self, member: MemberId, offset: u32) -> StoreResult<Vec<TrackId>>;
}

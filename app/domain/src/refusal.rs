//! Everything a member can be refused, and the sentence that says what to do about it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why something was not done. One variant per reason; `Display` is the sentence a member reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the sentence of each variant is its documentation")]
pub enum Refusal {
    // Accounts.
    UsernameInvalid,
    UsernameTaken,
    DisplayNameInvalid,
    PasswordTooShort,
    PasswordTooLong,
    PasswordTooCommon,
    BirthDateInvalid,
    MarketUnknown,
    SignUpClosed,
    SignUpByInvitation,
    WrongCredentials,
    TooManyAttempts { retry_s: u32 },
    LogInFirst,
    AdministratorsOnly,
    // Gates to everything social.
    TooYoung,
    MessagesOff,
    MarketClosed,
    PremiumNeeded,
    // Relations and requests.
    NoRelation,
    Yourself,
    AlreadyContacts,
    RequestAlreadyOpen,
    RequestNotAgain,
    TooManyRequests { limit: u32 },
    RequestGone,
    InviteUnknown,
    InviteExpired,
    InviteRevoked,
    // Messages.
    MessageEmpty,
    MessageTooLong { limit: u32 },
    ConversationUnknown,
    NotReachable,
    TooFast { retry_s: u32 },
    IdTaken,
    // Music.
    TrackUnknown,
    AlbumUnknown,
    ArtistUnknown,
    // Listening activity.
    NothingPlaying,
    ReactionUnknown,
    // Jam.
    JamRequestAlreadyOpen,
    JamRequestGone,
    JamUnknown,
    JamEnded,
    JamFull { limit: u32 },
    NotInJam,
    HostOnly,
    RowUnknown,
    QueueFull { limit: u32 },
    NothingToPlay,
    // The wire.
    FrameMalformed,
    FrameTooLarge,
    VersionUnknown,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Refusal::*;

        let sentence = match self {
            UsernameInvalid => "Choose a username of 3 to 32 letters, digits, dots, underscores or hyphens.",
            UsernameTaken => "That username is taken. Choose another.",
            DisplayNameInvalid => "Choose a display name of 1 to 50 characters.",
            PasswordTooShort => "Choose a password of at least 8 characters.",
            PasswordTooLong => "Choose a password of at most 128 characters.",
            PasswordTooCommon => "That password is on the lists that attackers try first. Choose another.",
            BirthDateInvalid => "Enter your date of birth as a date in the past.",
            MarketUnknown => "Choose your country from the list.",
            SignUpClosed => "This server takes no new members. Ask the person who runs it.",
            SignUpByInvitation => "This server takes new members by invitation. Ask a member for an invite link.",
            WrongCredentials => "That username and password do not match. Check both and try again.",
            TooManyAttempts { retry_s } => return write!(f, "Too many attempts. Try again in {}.", wait(*retry_s)),
            LogInFirst => "Log in to do that.",
            AdministratorsOnly => "Only an administrator of this server can do that.",
            TooYoung => "Messages, activity and Jams open when you are 16. The music is all yours until then.",
            MessagesOff => "Your messages are off. Turn them on in Settings, Privacy and social.",
            MarketClosed => "This is not available in your country on this server.",
            PremiumNeeded => "Starting a Jam needs premium. Ask the person who runs this server.",
            NoRelation => "You can ask to chat with people you share something with. Ask them for an invite link.",
            Yourself => "That is you. Send the link to someone else.",
            AlreadyContacts => "You are already in touch. Open the conversation in Messages.",
            RequestAlreadyOpen => "There is already a request between you. It is in Messages.",
            RequestNotAgain => "You cannot ask this person again now.",
            TooManyRequests { limit } => {
                return write!(f, "You have {limit} open requests. Wait for an answer or withdraw one.");
            }
            RequestGone => "This request is no longer open.",
            InviteUnknown => "This invite link is not known here. Ask for a new one.",
            InviteExpired => "This invite link has expired. Ask for a new one.",
            InviteRevoked => "This invite link was taken back. Ask for a new one.",
            MessageEmpty => "Write something first.",
            MessageTooLong { limit } => {
                return write!(f, "A message holds up to {limit} characters. Shorten it or send two.");
            }
            ConversationUnknown => "This conversation is not one of yours.",
            NotReachable => "This person cannot be reached right now.",
            TooFast { retry_s } => return write!(f, "That was a lot at once. Try again in {}.", wait(*retry_s)),
            IdTaken => "That was sent before with other content. Reload the page and try again.",
            TrackUnknown => "This track is not in the library any more.",
            AlbumUnknown => "This album is not in the library any more.",
            ArtistUnknown => "This artist is not in the library any more.",
            NothingPlaying => "That track is over. There is nothing to react to.",
            ReactionUnknown => "Choose one of the six reactions.",
            JamRequestAlreadyOpen => "There is already a Jam request in this conversation.",
            JamRequestGone => "This Jam request has gone. Ask for a new one.",
            JamUnknown => "This Jam is not known here. Ask for a new request.",
            JamEnded => "This Jam has ended. Start a new one any time.",
            JamFull { limit } => {
                return write!(f, "This Jam is full: it holds {limit} people. Try again when someone leaves.");
            }
            NotInJam => "You are not in this Jam. Join it first.",
            HostOnly => "Only the host can do that in this Jam.",
            RowUnknown => "That row is no longer in the queue.",
            QueueFull { limit } => return write!(f, "The queue holds up to {limit} tracks. Remove one first."),
            NothingToPlay => "The queue is empty. Add a track first.",
            FrameMalformed => "The server did not understand this page. Reload it.",
            FrameTooLarge => "That was too large to send.",
            VersionUnknown => "This page is older than the server. Reload it.",
        };

        f.write_str(sentence)
    }
}

impl std::error::Error for Refusal {}

fn wait(seconds: u32) -> String {
    match seconds {
        0..=1 => "a second".into(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

//! What a password may be, and its argon2id hash in the common text form.

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use domain::Refusal;

use crate::settings::PasswordCost;

/// Characters of a password.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=128;

/// Passwords that attackers try first, in small letters, one a line.
const COMMON: &str = include_str!("common_passwords.txt");

/// Passes for 8 to 128 characters of any kind that are neither common nor the username.
pub(super) fn check(password: &str, username: &str) -> Result<(), Refusal> {
    let length = password.chars().count();
    if length < *LENGTH.start() {
        return Err(Refusal::PasswordTooShort);
    }
    if length > *LENGTH.end() {
        return Err(Refusal::PasswordTooLong);
    }

    let small = password.to_lowercase();
    let common = small == username.to_lowercase() || COMMON.lines().any(|line| line == small);
    if common { Err(Refusal::PasswordTooCommon) } else { Ok(()) }
}

/// Whether this could be a password at all. Longer ones are not hashed.
pub(super) fn is_possible(password: &str) -> bool {
    password.chars().count() <= *LENGTH.end()
}

/// The hash of a password, with salt and cost in it.
pub(super) fn hash(password: &str, salt: &[u8; 32], cost: PasswordCost) -> String {
    let params =
        Params::new(cost.memory_kib, cost.passes, 1, None).expect("the configured cost is one that argon2 knows");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);

    let hash: PasswordHash = argon2
        .hash_password_with_salt(password.as_bytes(), &salt[..16])
        .expect("a password of bounded length and a salt of 16 bytes can be hashed");
    hash.to_string()
}

/// Whether this is the password of a hash, at the cost that the hash was made with.
pub(super) fn verify(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };

    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PasswordCost = PasswordCost { memory_kib: 8, passes: 1 };

    #[test]
    fn passwords_have_8_to_128_characters_and_are_not_common() {
        let rows = [
            ("sjuhund", Err(Refusal::PasswordTooShort)),
            ("åttahund", Ok(())),
            (&"å".repeat(128), Ok(())),
            (&"å".repeat(129), Err(Refusal::PasswordTooLong)),
            ("PassWord123", Err(Refusal::PasswordTooCommon)),
            ("ana-lucia", Err(Refusal::PasswordTooCommon)),
            ("no rules of composition", Ok(())),
        ];

        for (password, expected) in rows {
            assert_eq!(check(password, "Ana-Lucia"), expected, "{password}");
        }
    }

    #[test]
    fn the_list_holds_what_the_length_would_allow() {
        assert!(COMMON.lines().count() >= 200);
        for line in COMMON.lines() {
            assert!(line.chars().count() >= 8 && line == line.to_lowercase(), "{line}");
        }
    }

    #[test]
    fn a_hash_opens_for_its_password_only_and_names_its_cost() {
        let hash = hash("a quiet kitchen", &[3; 32], CHEAP);

        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        assert!(verify("a quiet kitchen", &hash));
        assert!(!verify("a quiet kitchen ", &hash));
        assert!(!verify("", &hash));
        assert!(!verify("a quiet kitchen", "not a hash"));
    }
}

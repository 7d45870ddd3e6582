//! HTTP byte ranges, as arithmetic: what a `Range` header means for a file of a known length.
//!
//! Only single ranges are followed. Several at once answer the whole file, which HTTP allows and which bounds the work
//! of one request. Nothing here touches a file or a socket.

/// What to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// All of it: there was no range, or none that means anything.
    Whole,
    /// The bytes from `start` to `end`, both included.
    Part {
        /// The first byte.
        start: u64,
        /// The last byte; never before `start` and always inside the file.
        end: u64,
    },
    /// The range lies behind the end: answered with 416.
    Unsatisfiable,
}

impl Range {
    /// Reads a `Range` header against the length of the file.
    pub fn of(header: Option<&str>, size_bytes: u64) -> Self {
        match header.and_then(single) {
            None => Self::Whole,
            Some(asked) => asked.within(size_bytes),
        }
    }

    /// How many bytes are sent of a file of this length.
    pub fn length(self, size_bytes: u64) -> u64 {
        match self {
            Self::Whole => size_bytes,
            Self::Part { start, end } => end - start + 1,
            Self::Unsatisfiable => 0,
        }
    }

    /// The value of `Content-Range`; a whole file has none.
    pub fn content_range(self, size_bytes: u64) -> Option<String> {
        match self {
            Self::Whole => None,
            Self::Part { start, end } => Some(format!("bytes {start}-{end}/{size_bytes}")),
            Self::Unsatisfiable => Some(format!("bytes */{size_bytes}")),
        }
    }
}

/// One range as it was written.
enum Asked {
    /// `5-9` or `5-`.
    From(u64, Option<u64>),
    /// `-5`: the last five bytes.
    Last(u64),
}

impl Asked {
    fn within(self, size_bytes: u64) -> Range {
        let Some(last) = size_bytes.checked_sub(1) else {
            return Range::Unsatisfiable;
        };

        match self {
            Self::Last(0) => Range::Unsatisfiable,
            Self::Last(count) => Range::Part { start: size_bytes.saturating_sub(count), end: last },
            Self::From(start, _) if start > last => Range::Unsatisfiable,
            Self::From(start, end) => Range::Part { start, end: end.unwrap_or(last).min(last) },
        }
    }
}

/// The only range of a header, if it has just one that is well formed.
fn single(header: &str) -> Option<Asked> {
    let (unit, ranges) = header.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (start, end) = ranges.trim().split_once('-')?;

    match (start.is_empty(), end.is_empty()) {
        (false, true) => Some(Asked::From(digits(start)?, None)),
        (true, false) => Some(Asked::Last(digits(end)?)),
        (false, false) => {
            let (start, end) = (digits(start)?, digits(end)?);
            (start <= end).then_some(Asked::From(start, Some(end)))
        }
        (true, true) => None,
    }
}

/// A number of digits alone; one too long to hold counts as the largest.
fn digits(text: &str) -> Option<u64> {
    let clean = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());

    clean.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Range::{self, *};

    #[test]
    fn t2_a_range_header_is_read_as_browsers_write_it() {
        let table = [
            (None, 10, Whole),
            (Some("bytes=0-"), 10, Part { start: 0, end: 9 }),
            (Some("bytes=0-0"), 10, Part { start: 0, end: 0 }),
            (Some("bytes=3-5"), 10, Part { start: 3, end: 5 }),
            (Some("bytes=3-500"), 10, Part { start: 3, end: 9 }),
            (Some("bytes=-4"), 10, Part { start: 6, end: 9 }),
            (Some("bytes=-400"), 10, Part { start: 0, end: 9 }),
            (Some("bytes=-0"), 10, Unsatisfiable),
            (Some("bytes=10-"), 10, Unsatisfiable),
            (Some("bytes=0-"), 0, Unsatisfiable),
            (Some("bytes=99999999999999999999999-"), 10, Unsatisfiable),
            (Some("bytes=5-99999999999999999999999"), 10, Part { start: 5, end: 9 }),
            (Some("Bytes = 1-2"), 10, Part { start: 1, end: 2 }),
            (Some("bytes=5-3"), 10, Whole),
            (Some("bytes=1-2,4-5"), 10, Whole),
            (Some("bytes=-"), 10, Whole),
            (Some("bytes=+1-2"), 10, Whole),
            (Some("lines=1-2"), 10, Whole),
            (Some("nonsense"), 10, Whole),
        ];

        for (header, size, expected) in table {
            assert_eq!(Range::of(header, size), expected, "{header:?} of {size}");
        }
    }

    proptest! {
        #[test]
        fn a_part_always_lies_inside_the_file(header in "bytes=[0-9]{0,20}-[0-9]{0,20}", size: u64) {
            if let Part { start, end } = Range::of(Some(&header), size) {
                prop_assert!(start <= end && end < size);
            }
        }

        #[test]
        fn no_header_makes_it_fall_over(header in ".*", size: u64) {
            let range = Range::of(Some(&header), size);
            prop_assert!(range.length(size) <= size);
        }

        #[test]
        fn what_was_asked_for_inside_the_file_is_what_is_sent(start in 0u64..1_000, length in 1u64..1_000, more in 0u64..1_000) {
            let end = start + length - 1;
            let range = Range::of(Some(&format!("bytes={start}-{end}")), end + 1 + more);
            prop_assert_eq!(range, Part { start, end });
            prop_assert_eq!(range.length(end + 1 + more), length);
        }
    }
}

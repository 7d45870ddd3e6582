//! Times as people say them. Pure: the present and the reader's offset from UTC are arguments.

use domain::{
    Timestamp,
    time::{DAY, HOUR, MINUTE, SECOND},
};
use leptos::prelude::*;

/// A length or a position as a clock shows it: "3:05", "1:02:09".
pub fn clock_text(ms: i64) -> String {
    let seconds = ms.max(0) / SECOND;
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);

    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") }
}

/// The length of an album: "42 min", "1 h 12 min".
pub fn minutes_text(ms: i64) -> String {
    let minutes = (ms.max(0) + MINUTE / 2) / MINUTE;

    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{} min", m.max(1)),
        (h, 0) => format!("{h} h"),
        (h, m) => format!("{h} h {m} min"),
    }
}

/// How long ago: "now", "5 min ago", "2 h ago", "yesterday", "3 days ago".
pub fn ago(now: Timestamp, at: Timestamp) -> String {
    let ms = now.since(at);

    match (ms / DAY, ms / HOUR, ms / MINUTE) {
        (..=0, ..=0, ..=0) => "now".into(),
        (..=0, ..=0, minutes) => format!("{minutes} min ago"),
        (..=0, hours, _) => format!("{hours} h ago"),
        (1, ..) => "yesterday".into(),
        (days, ..) => format!("{days} days ago"),
    }
}

/// The time of day of a reader who is this many minutes east of UTC: "14:05".
pub fn time_text(at: Timestamp, utc_offset_min: i32) -> String {
    let minutes = local(at, utc_offset_min).rem_euclid(DAY) / MINUTE;

    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The day for the same reader: "Today", "Yesterday", "Friday", "12 March", "12 March 2025".
pub fn day_text(now: Timestamp, at: Timestamp, utc_offset_min: i32) -> String {
    let today = local(now, utc_offset_min).div_euclid(DAY);
    let day = local(at, utc_offset_min).div_euclid(DAY);
    let (year, month, date) = calendar(day);

    match today - day {
        0 => "Today".into(),
        1 => "Yesterday".into(),
        2..=6 => weekday(day).into(),
        _ if year == calendar(today).0 => format!("{date} {}", MONTHS[month]),
        _ => format!("{date} {} {year}", MONTHS[month]),
    }
}

/// "5 min ago", and the exact instant for machines.
#[component]
pub fn Ago(
    /// When it was.
    at: Timestamp,
    /// The present as this page knows it.
    #[prop(into)]
    now: Signal<Timestamp>,
) -> impl IntoView {
    let (year, month, date) = calendar(at.0.div_euclid(DAY));
    let exact = format!("{year:04}-{:02}-{date:02}T{}Z", month + 1, time_text(at, 0));

    view! { <time datetime=exact>{move || ago(now.get(), at)}</time> }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn local(at: Timestamp, utc_offset_min: i32) -> i64 {
    at.0 + i64::from(utc_offset_min) * MINUTE
}

/// 1970-01-01, day 0, was a Thursday.
fn weekday(day: i64) -> &'static str {
    const NAMES: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

    NAMES[day.rem_euclid(7) as usize]
}

/// Year, month counted from 0 and date of a day counted from 1970-01-01.
///
/// It counts years from March, so that the leap day is the last of its year, and months by their mean length of 30.6
/// days, which rounds to the right one.
fn calendar(day: i64) -> (i64, usize, i64) {
    const DAYS_IN_400_YEARS: i64 = 146_097;
    let from_march_of_year_0 = day + 719_468;
    let cycle = from_march_of_year_0.div_euclid(DAYS_IN_400_YEARS);
    let in_cycle = from_march_of_year_0.rem_euclid(DAYS_IN_400_YEARS);

    let year = (in_cycle - in_cycle / 1_460 + in_cycle / 36_524 - in_cycle / 146_096) / 365;
    let in_year = in_cycle - (365 * year + year / 4 - year / 100);
    let month_from_march = (5 * in_year + 2) / 153;
    let date = in_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12;

    (cycle * 400 + year + i64::from(month < 2), month as usize, date)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-13 14:05:09 UTC, a Friday.
    const NOW: Timestamp = Timestamp(1_773_410_709_000);

    #[test]
    fn clocks_show_hours_only_when_there_are_some() {
        for (ms, expected) in [(-5, "0:00"), (999, "0:00"), (185_000, "3:05"), (3_729_000, "1:02:09")] {
            assert_eq!(clock_text(ms), expected);
        }
    }

    #[test]
    fn lengths_are_rounded_to_minutes() {
        for (ms, expected) in [(10_000, "1 min"), (42 * MINUTE + 29_000, "42 min"), (72 * MINUTE, "1 h 12 min")] {
            assert_eq!(minutes_text(ms), expected);
        }
    }

    #[test]
    fn ages_are_said_as_people_say_them() {
        let ages = [(0, "now"), (59_000, "now"), (5 * MINUTE, "5 min ago"), (2 * HOUR, "2 h ago"), (DAY, "yesterday")];
        for (ms, expected) in ages {
            assert_eq!(ago(NOW, NOW - ms), expected);
        }
        assert_eq!(ago(NOW, NOW + 30_000), "now", "a clock that is a little ahead");
        assert_eq!(ago(NOW, NOW - 3 * DAY), "3 days ago");
    }

    #[test]
    fn days_have_names_for_a_week_and_dates_before_that() {
        assert_eq!(day_text(NOW, NOW, 0), "Today");
        assert_eq!(day_text(NOW, NOW - DAY, 0), "Yesterday");
        assert_eq!(day_text(NOW, NOW - 3 * DAY, 0), "Tuesday");
        assert_eq!(day_text(NOW, NOW - 12 * DAY, 0), "1 March");
        assert_eq!(day_text(NOW, NOW - 80 * DAY, 0), "23 December 2025");
    }

    #[test]
    fn the_reader_s_offset_decides_day_and_time() {
        assert_eq!(time_text(NOW, 0), "14:05");
        assert_eq!(time_text(NOW, -330), "08:35");
        assert_eq!(day_text(NOW, NOW - 14 * HOUR, 0), "Today");
        assert_eq!(day_text(NOW, NOW - 14 * HOUR, -60), "Yesterday");
    }

    #[test]
    fn the_calendar_knows_leap_days() {
        for (day, expected) in
            [(0, (1970, 0, 1)), (11_016, (2000, 1, 29)), (11_017, (2000, 2, 1)), (-1, (1969, 11, 31))]
        {
            assert_eq!(calendar(day), expected);
        }
    }
}

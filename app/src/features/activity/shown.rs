//! What an activity means at an instant.

use domain::{
    Timestamp,
    activity::{ActivityState, ActivityView},
};
use leptos::prelude::*;

use crate::{browser::Live, ui::ago};

/// The server's time, each second anew, for progress and ages.
pub fn now(live: Live) -> Signal<Timestamp> {
    let second = live.every_second();

    Signal::derive(move || {
        second.track();
        live.server_now()
    })
}

/// "Now playing", "Paused", or "Last played, 5 min ago".
pub fn state_text(state: ActivityState, now: Timestamp) -> String {
    match state {
        ActivityState::Playing { .. } => "Now playing".into(),
        ActivityState::Paused { .. } => "Paused".into(),
        ActivityState::LastPlayed { at } => format!("Last played, {}", age(now, at)),
    }
}

/// The class that styles it.
pub fn state_class(state: ActivityState) -> &'static str {
    match state {
        ActivityState::Playing { .. } => "playing",
        ActivityState::Paused { .. } => "paused",
        ActivityState::LastPlayed { .. } => "past",
    }
}

/// How much of the track is behind, from 0 to 1.
pub fn done(activity: &ActivityView, now: Timestamp) -> f64 {
    let position_ms = match activity.state {
        ActivityState::Playing { position_ms, at } => i64::from(position_ms) + now.since(at).max(0),
        ActivityState::Paused { position_ms } => position_ms.into(),
        ActivityState::LastPlayed { .. } => 0,
    };

    (position_ms as f64 / f64::from(activity.track.duration_ms.max(1))).clamp(0.0, 1.0)
}

/// What lives longest on the screen comes first: playing, then paused, then past.
pub fn rank(activity: Option<&ActivityView>) -> u8 {
    match activity.map(|activity| activity.state) {
        Some(ActivityState::Playing { .. }) => 0,
        Some(ActivityState::Paused { .. }) => 1,
        Some(ActivityState::LastPlayed { .. }) => 2,
        None => 3,
    }
}

fn age(now: Timestamp, at: Timestamp) -> String {
    match ago(now, at) {
        now if now == "now" => "a moment ago".into(),
        age => age,
    }
}

#[cfg(test)]
mod tests {
    use domain::{activity::PlayedTrack, time::MINUTE};

    use super::*;

    const NOW: Timestamp = Timestamp(1_773_410_709_000);

    fn activity(state: ActivityState) -> ActivityView {
        let track =
            PlayedTrack { id: None, title: "So".into(), artist: "Ana".into(), duration_ms: 200_000, artwork: None };
        ActivityView { track, state }
    }

    #[test]
    fn l5_the_three_states_are_said_in_words() {
        let states = [
            (ActivityState::Playing { position_ms: 0, at: NOW }, "Now playing"),
            (ActivityState::Paused { position_ms: 0 }, "Paused"),
            (ActivityState::LastPlayed { at: NOW - 5 * MINUTE }, "Last played, 5 min ago"),
            (ActivityState::LastPlayed { at: NOW }, "Last played, a moment ago"),
        ];
        for (state, expected) in states {
            assert_eq!(state_text(state, NOW), expected);
        }
    }

    #[test]
    fn l5_progress_moves_by_itself_and_ends_at_the_end() {
        let playing = activity(ActivityState::Playing { position_ms: 50_000, at: NOW });

        assert_eq!(done(&playing, NOW), 0.25);
        assert_eq!(done(&playing, NOW + 50_000), 0.5);
        assert_eq!(done(&playing, NOW + 10 * MINUTE), 1.0);
        assert_eq!(done(&playing, NOW - 5_000), 0.25, "a clock that is a little behind");
    }
}

//! What the companion says. She refers to what she plays, or to what she was sent.

use domain::library::Track;

/// Her answer number `turn`, to a card of this title if it was one.
pub(super) fn line(turn: usize, playing: Option<&Track>, card: Option<&str>) -> String {
    match (card, playing) {
        (Some(title), _) => pick(turn, CARDS).replace("{title}", title),
        (None, Some(track)) => pick(turn, PLAYING).replace("{title}", &track.title).replace("{artist}", &track.artist),
        (None, None) => pick(turn, SILENT).into(),
    }
}

fn pick<'a>(turn: usize, lines: &[&'a str]) -> &'a str {
    lines[turn % lines.len()]
}

const PLAYING: &[&str] = &[
    "Hello! I have {title} on. The bass line will not leave my head.",
    "{artist} again for me today. Shall we listen together? Press Request Jam.",
    "Good point. {title} makes me think slower, give me a moment.",
    "If you like {title}, wait for what comes after it.",
    "I was just tapping along to {artist}. What are you playing?",
    "True. By the way, turn on your listening activity and I can see what you hear.",
    "This is the third time I hear {title} today and I regret nothing.",
];

const CARDS: &[&str] = &[
    "{title}! Thank you, that one goes on next.",
    "Oh, {title}. Good taste, I must say.",
    "{title} is for tonight. Add it to a Jam and we hear it together.",
];

const SILENT: &[&str] = &[
    "Hello! My music is still being composed, it begins any moment.",
    "One moment, I am waiting for the first track.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_can_be_sent() {
        for turn in 0..20 {
            for line in [line(turn, None, None), line(turn, None, Some("Dusk"))] {
                assert!(!line.contains('{') && line.len() < 200, "{line}");
            }
        }
    }
}

//! One row that sounds: a decoded track started on the audio clock, whose rate can be trimmed.

use domain::{RowId, Timestamp};
use web_sys::{AudioBuffer, AudioBufferSourceNode, AudioScheduledSourceNode, GainNode};

use super::output::Output;

/// How long a fade takes, in seconds: short, and without a click.
const FADE_S: f64 = 0.015;

/// A scheduled or sounding row.
pub(super) struct Source {
    /// Which row.
    pub row: RowId,
    /// The shared instant of its position 0.
    pub zero_at: Timestamp,
    node: AudioBufferSourceNode,
    gain: GainNode,
    /// It is silent before this instant of the context, in seconds.
    starts_at: f64,
    /// At `base_at` of the context it is at `base_s` of the track, moving on by `rate`.
    base_at: f64,
    base_s: f64,
    rate: f64,
}

impl Source {
    /// Starts at an instant of the context, from a place of the track, both in seconds.
    pub fn start(
        output: &Output,
        buffer: &AudioBuffer,
        (row, zero_at): (RowId, Timestamp),
        at: f64,
        from_s: f64,
    ) -> Option<Self> {
        let node = output.context.create_buffer_source().ok()?;
        let gain = output.context.create_gain().ok()?;
        node.set_buffer(Some(buffer));
        node.connect_with_audio_node(&gain).ok()?;
        gain.connect_with_audio_node(&output.gain).ok()?;
        if from_s > 0.0 {
            gain.gain().set_value_at_time(0.0, at).ok()?;
            gain.gain().linear_ramp_to_value_at_time(1.0, at + FADE_S).ok()?;
        }
        node.start_with_when_and_grain_offset(at, from_s).ok()?;

        Some(Self { row, zero_at, node, gain, starts_at: at, base_at: at, base_s: from_s, rate: 1.0 })
    }

    /// Whether it sounds at an instant of the context.
    pub fn has_started(&self, at: f64) -> bool {
        at >= self.starts_at
    }

    /// Its place in the track at an instant of the context, in seconds.
    pub fn position_s(&self, at: f64) -> f64 {
        self.base_s + (at - self.base_at) * self.rate
    }

    /// Changes its speed from now on.
    pub fn set_rate(&mut self, now: f64, rate: f64) {
        if rate != self.rate {
            self.base_s = self.position_s(now);
            self.base_at = now;
            self.rate = rate;
            self.node.playback_rate().set_value(rate as f32);
        }
    }

    /// Fades out at an instant of the context and ends.
    pub fn end(self, at: f64) {
        let volume = self.gain.gain();
        // A browser that refuses one of these ends the row a little less gently.
        let _ = volume.cancel_scheduled_values(at);
        let _ = volume.set_value_at_time(1.0, at);
        let _ = volume.linear_ramp_to_value_at_time(0.0, at + FADE_S);
        // The parent's: web-sys calls the one of a buffer source deprecated.
        let _ = AudioScheduledSourceNode::stop_with_when(&self.node, at + FADE_S);
    }
}

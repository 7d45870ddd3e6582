//! The audio device: its context, its gain, and where its clock stands against the page's.
//!
//! `getOutputTimestamp` says which instant of the context is heard at which instant of the page; it already contains the
//! latency of the output, so nothing is subtracted again.

use std::cell::RefCell;

use js_sys::{Function, Reflect};
use leptos::prelude::GetUntracked;
use wasm_bindgen::JsCast;
use web_sys::{AudioContext, AudioContextState, GainNode};

use super::super::{Player, page};

thread_local! {
    static OUTPUT: RefCell<Option<Output>> = const { RefCell::new(None) };
}

/// The device of this page.
#[derive(Clone)]
pub(super) struct Output {
    /// Its context.
    pub context: AudioContext,
    /// The volume, in front of the speakers.
    pub gain: GainNode,
}

/// Two clocks at one instant.
#[derive(Clone, Copy)]
pub(super) struct Heard {
    /// Seconds of the context.
    pub context_s: f64,
    /// Milliseconds of the page.
    pub page_ms: f64,
}

/// The device, made at its first use.
pub(super) fn get() -> Option<Output> {
    if let Some(output) = OUTPUT.with_borrow(Clone::clone) {
        return Some(output);
    }

    let context = AudioContext::new().ok()?;
    let gain = context.create_gain().ok()?;
    gain.gain().set_value(Player::handle().volume.get_untracked() as f32);
    gain.connect_with_audio_node(&context.destination()).ok()?;
    let output = Output { context, gain };
    OUTPUT.set(Some(output.clone()));

    Some(output)
}

/// Whether there is a device that waits for a gesture.
pub(super) fn is_suspended() -> bool {
    OUTPUT
        .with_borrow(|output| output.as_ref().is_none_or(|output| output.context.state() != AudioContextState::Running))
}

/// Asks the browser to sound. Without a gesture it stays suspended, which is seen by asking.
pub(super) fn resume() {
    if let Some(output) = get() {
        let _ = output.context.resume();
    }
}

/// Sets the volume, 0 to 1.
pub(super) fn set_volume(to: f64) {
    OUTPUT.with_borrow(|output| {
        if let Some(output) = output {
            output.gain.gain().set_value(to as f32);
        }
    });
}

impl Output {
    /// What is heard now; nothing until the device has begun.
    pub fn heard(&self) -> Option<Heard> {
        let call: Function = page::property(&self.context, "getOutputTimestamp")?.dyn_into().ok()?;
        let stamp = call.call0(&self.context).ok()?;
        let context_s = Reflect::get(&stamp, &"contextTime".into()).ok()?.as_f64()?;
        let page_ms = Reflect::get(&stamp, &"performanceTime".into()).ok()?.as_f64()?;

        (context_s > 0.0 && page_ms > 0.0).then_some(Heard { context_s, page_ms })
    }
}

impl Heard {
    /// The instant of the context that is heard at an instant of the page.
    pub fn context_at(self, page_ms: f64) -> f64 {
        self.context_s + (page_ms - self.page_ms) / 1e3
    }
}

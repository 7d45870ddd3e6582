//! Small things of the page itself: ids, time, places, the clipboard, what a tab keeps over a reload.
//!
//! Everything answers something harmless on the server. Nothing here needs a secure context.

use std::time::Duration;

use leptos::prelude::{on_cleanup, set_interval, set_timeout, set_timeout_with_handle, window};
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// Whether this code runs in a browser. On the server every handle of this module is inert.
pub const IN_BROWSER: bool = cfg!(feature = "hydrate");

/// A new UUIDv7.
pub fn new_id() -> Uuid {
    let mut random = [0; 10];
    fill_random(&mut random);

    uuid::Builder::from_unix_timestamp_millis(wall_ms() as u64, &random).into_uuid()
}

/// An even random number from 0 to 1.
pub fn random() -> f64 {
    if IN_BROWSER { js_sys::Math::random() } else { 0.5 }
}

/// The device's wall clock, in milliseconds since 1970.
pub fn wall_ms() -> f64 {
    if IN_BROWSER { js_sys::Date::now() } else { native_ms() }
}

/// The page's monotonic clock, in milliseconds.
pub fn monotonic_ms() -> f64 {
    if !IN_BROWSER {
        return native_ms();
    }
    window().performance().map_or_else(js_sys::Date::now, |clock| clock.now())
}

/// Minutes east of UTC, here and now.
pub fn utc_offset_min() -> i32 {
    if IN_BROWSER { -(js_sys::Date::new_0().get_timezone_offset() as i32) } else { 0 }
}

/// Whether the page is out of sight.
pub fn is_hidden() -> bool {
    IN_BROWSER && window().document().is_some_and(|document| document.hidden())
}

/// Loads another page of this site from the server.
pub fn go(path: &str) {
    if IN_BROWSER {
        // A refused navigation leaves the member where they are, which is all that can be done.
        let _ = window().location().set_href(path);
    }
}

/// Loads this page again from the server.
pub fn reload() {
    if IN_BROWSER {
        let _ = window().location().reload();
    }
}

/// Scheme, host and port of this site, for links to copy.
pub fn origin() -> String {
    if IN_BROWSER { window().location().origin().unwrap_or_default() } else { String::new() }
}

/// Puts text on the clipboard. Without a secure context there is none: the text box beside the button stays selectable.
pub fn copy(text: &str) {
    if IN_BROWSER && window().is_secure_context() {
        let _ = window().navigator().clipboard().write_text(text);
    }
}

/// Calls once after a while.
pub fn after(wait_ms: u32, call: impl FnOnce() + 'static) {
    if IN_BROWSER {
        set_timeout(call, Duration::from_millis(wait_ms.into()));
    }
}

/// Calls once after a while, unless the part of the page that asks is gone by then or asks anew.
pub fn after_unless_left(wait_ms: u32, call: impl FnOnce() + 'static) {
    if IN_BROWSER && let Ok(timer) = set_timeout_with_handle(call, Duration::from_millis(wait_ms.into())) {
        on_cleanup(move || timer.clear());
    }
}

/// Calls again and again, for as long as the page lives.
pub fn every(period_ms: u32, call: impl Fn() + 'static) {
    if IN_BROWSER {
        set_interval(call, Duration::from_millis(period_ms.into()));
    }
}

/// Waits.
pub async fn sleep(wait_ms: u32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, wait_ms as i32);
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}

/// Calls on every event of this name at the target, for as long as the page lives.
pub fn listen(target: &web_sys::EventTarget, event: &str, call: impl FnMut(web_sys::Event) + 'static) {
    let call = Closure::<dyn FnMut(web_sys::Event)>::new(call);
    let _ = target.add_event_listener_with_callback(event, call.as_ref().unchecked_ref());
    call.forget();
}

/// Keeps a text for the next load of this tab.
pub fn keep(key: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(key, text);
    }
}

/// The text that was kept, which is then no longer kept: a duplicated tab must not find it.
pub fn take(key: &str) -> Option<String> {
    let storage = storage()?;
    let text = storage.get_item(key).ok().flatten();
    let _ = storage.remove_item(key);

    text
}

/// A property of a JavaScript object, for interfaces that web-sys does not carry in its stable part.
pub fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

fn storage() -> Option<web_sys::Storage> {
    if !IN_BROWSER {
        return None;
    }
    window().session_storage().ok().flatten()
}

fn fill_random(bytes: &mut [u8]) {
    let filled =
        IN_BROWSER && window().crypto().is_ok_and(|crypto| crypto.get_random_values_with_u8_array(bytes).is_ok());

    // The server gives the ids of forms itself; this only keeps two ids of one render apart.
    if !filled {
        for (byte, seed) in bytes.iter_mut().zip(native_ms().to_bits().to_le_bytes()) {
            *byte = seed;
        }
    }
}

#[cfg(not(feature = "hydrate"))]
fn native_ms() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0.0, |since| since.as_secs_f64() * 1e3)
}

#[cfg(feature = "hydrate")]
fn native_ms() -> f64 {
    js_sys::Date::now()
}

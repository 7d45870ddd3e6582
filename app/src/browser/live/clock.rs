//! The server's clock, asked over the socket in bursts and filtered by `domain::clock`.

use std::cell::RefCell;

use domain::{
    clock::{BURST, BURST_SPACING_MS, ClockFilter, Estimate, Exchange},
    wire::ClientFrame,
};

use super::{super::page, socket};

thread_local! {
    static FILTER: RefCell<ClockFilter> = RefCell::default();
    /// Rises with every connection, so that the bursts of an old one stop.
    static ROUND: RefCell<u32> = const { RefCell::new(0) };
}

/// Begins to ask over a new connection.
pub(super) fn begin() {
    let round = ROUND.with_borrow_mut(|round| {
        *round += 1;
        *round
    });
    burst(round);
}

/// Stops to ask.
pub(super) fn end() {
    ROUND.with_borrow_mut(|round| *round += 1);
}

/// The page came back: ask fast again.
pub(super) fn hurry() {
    FILTER.with_borrow_mut(ClockFilter::hurry);
    begin();
}

/// Takes an answer in.
pub(super) fn answered(sent: f64, received: f64, answered: f64) {
    let returned = page::monotonic_ms();
    FILTER.with_borrow_mut(|filter| filter.feed(Exchange { sent, received, answered, returned }));
}

/// The server's time now, in milliseconds since 1970.
pub(super) fn server_ms() -> Option<f64> {
    server_ms_at(page::monotonic_ms())
}

/// The server's time at a local instant.
pub(super) fn server_ms_at(local: f64) -> Option<f64> {
    estimate().map(|estimate| estimate.server(local))
}

/// The local instant of a time of the server.
pub(super) fn monotonic_ms_at(server: f64) -> Option<f64> {
    estimate().map(|estimate| estimate.local(server))
}

fn estimate() -> Option<Estimate> {
    FILTER.with_borrow(ClockFilter::estimate)
}

/// Eight questions, then a wait. A hidden page that does not sound asks nothing (L15).
fn burst(round: u32) {
    if ROUND.with_borrow(|now| *now) != round {
        return;
    }
    let quiet = page::is_hidden() && !crate::browser::jam::sounds();
    if !quiet {
        for nth in 0..BURST as u32 {
            page::after(nth * BURST_SPACING_MS, move || ask(round));
        }
    }

    let wait_ms = FILTER.with_borrow(ClockFilter::next_burst_in_ms);
    page::after(wait_ms, move || burst(round));
}

fn ask(round: u32) {
    if ROUND.with_borrow(|now| *now) == round {
        socket::send(&ClientFrame::Clock { sent: page::monotonic_ms() });
    }
}

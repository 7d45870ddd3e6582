//! What live signals cost: the hub beside a bare loop of writes, over real sockets on the loopback device.
//!
//! Three kinds of process, all of this program. *Servers* hold the sockets: `hub` is the hub of the product over
//! doubles in memory, `bare` writes the same bytes to the same number of plain TCP connections and does nothing else. A
//! *load* starts one of them, opens all sockets, and counts what arrives: every frame says its room, its number and
//! when it was published. Without arguments the program is the *conductor*, which lets both loads take turns, so that
//! what disturbs the machine disturbs both.
//!
//! `events` measures what lies before a delivery: a report of a player on its way through the store.
//!
//! Figures are printed and written down, none is judged.

mod bare;
mod conductor;
mod control;
mod events;
mod frame;
mod hub_server;
mod load;
mod scenario;
mod tally;
mod usage;

use anyhow::{Result, bail};

use scenario::Rooms;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();

    match arguments[..] {
        [] => on_one_thread(conductor::conduct(None)),
        [results] if results != "events" => on_one_thread(conductor::conduct(Some(results.as_ref()))),
        ["bare", rooms, watchers] => bare::serve(Rooms::parse(rooms, watchers)?),
        ["hub", rooms, watchers] => {
            // As the product: one thread for each core.
            tokio::runtime::Runtime::new()?.block_on(hub_server::serve(Rooms::parse(rooms, watchers)?))
        }
        ["load", server, rooms, watchers] => on_one_thread(load::run(server, Rooms::parse(rooms, watchers)?)),
        ["events"] => tokio::runtime::Runtime::new()?.block_on(events::measure()),
        _ => bail!("Usage: bench-live [file for the figures] | events"),
    }
}

fn on_one_thread(work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

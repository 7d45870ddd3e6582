//! Lets the loads take turns and writes down what they found.

use std::{fs, io::Write, path::Path};

use anyhow::Result;
use serde::Serialize;

use crate::{
    control::Process,
    load::{Ready, Summary, Turn},
    scenario::{SCENARIOS, Scenario},
};

/// Measures all scenarios, prints a table, and writes a line of JSON for each into a file if there is one.
pub async fn conduct(results: Option<&Path>) -> Result<()> {
    let mut file = results.map(fs::File::create).transpose()?;
    println!("Deliveries per second of processor time of the server, from user and system time in /proc/self/stat.\n");
    println!("{}", Row::HEAD);

    for scenario in &SCENARIOS {
        let row = measure(scenario).await?;
        println!("{}", row.text());
        if let Some(file) = &mut file {
            writeln!(file, "{}", serde_json::to_string(&row)?)?;
        }
    }
    Ok(())
}

/// One line of the figures.
#[derive(Serialize)]
struct Row {
    scenario: &'static str,
    hub: Figures,
    bare: Figures,
    /// Deliveries of the hub per second of processor time, over those of the bare loop.
    ratio: f64,
    /// The smallest and the greatest of the turns.
    ratios: (f64, f64),
    goal: Option<f64>,
    /// Of the hub, for each idle socket.
    memory_bytes_per_socket: u64,
}

#[derive(Serialize)]
struct Figures {
    deliveries: u64,
    per_cpu_second: f64,
    per_second: f64,
    cpu_us_per_delivery: f64,
    summary: Summary,
}

async fn measure(scenario: &Scenario) -> Result<Row> {
    let (mut hub, ready) = start("hub", scenario).await?;
    let (mut bare, _) = start("bare", scenario).await?;
    let turn = format!("turn {} {}", scenario.rounds, scenario.burst);
    for load in [&mut hub, &mut bare] {
        load.ask::<Turn>(&turn).await?;
        load.say("warm").await?;
    }

    let mut turns = Vec::new();
    for _ in 0..scenario.turns {
        turns.push((hub.ask::<Turn>(&turn).await?, bare.ask::<Turn>(&turn).await?));
    }

    let ratios = || turns.iter().map(|(hub, bare)| hub.per_cpu_second() / bare.per_cpu_second());
    let of_hub = Figures::of(turns.iter().map(|(hub, _)| *hub), hub.ask("summary").await?);
    let of_bare = Figures::of(turns.iter().map(|(_, bare)| *bare), bare.ask("summary").await?);
    Ok(Row {
        scenario: scenario.name,
        ratio: of_hub.per_cpu_second / of_bare.per_cpu_second,
        ratios: (ratios().fold(f64::MAX, f64::min), ratios().fold(0.0, f64::max)),
        goal: scenario.goal,
        memory_bytes_per_socket: ready.bytes_per_socket(scenario.rooms.sockets()),
        hub: of_hub,
        bare: of_bare,
    })
}

async fn start(server: &str, scenario: &Scenario) -> Result<(Process, Ready)> {
    let rooms = scenario.rooms;
    let mut load = Process::start(&["load", server, &rooms.rooms.to_string(), &rooms.watchers.to_string()])?;

    let ready = load.answer().await?;
    Ok((load, ready))
}

impl Ready {
    fn bytes_per_socket(self, sockets: usize) -> u64 {
        self.after.memory_bytes.saturating_sub(self.before.memory_bytes) / sockets as u64
    }
}

impl Turn {
    fn per_cpu_second(self) -> f64 {
        self.deliveries as f64 / self.cpu_ms.max(1) as f64 * 1_000.0
    }
}

impl Figures {
    fn of(turns: impl Iterator<Item = Turn>, summary: Summary) -> Self {
        let all = turns.fold(Turn::default(), |all, turn| Turn {
            deliveries: all.deliveries + turn.deliveries,
            cpu_ms: all.cpu_ms + turn.cpu_ms,
            wall_ms: all.wall_ms + turn.wall_ms,
        });

        Self {
            deliveries: all.deliveries,
            per_cpu_second: all.per_cpu_second(),
            per_second: all.deliveries as f64 / all.wall_ms * 1_000.0,
            cpu_us_per_delivery: 1e6 / all.per_cpu_second(),
            summary,
        }
    }
}

impl Row {
    const HEAD: &str = "\
| Scenario | server | deliveries/CPU s | µs each | hub/bare (turns) | goal | deliveries/s | p50 ms | p99 ms | max ms | lost, doubled, reordered, strange |
|---|---|---|---|---|---|---|---|---|---|---|";

    fn text(&self) -> String {
        let ratio = format!("{:.2} ({:.2} to {:.2})", self.ratio, self.ratios.0, self.ratios.1);
        let goal = self.goal.map_or(String::new(), |goal| goal.to_string());
        let hub = self.hub.text(self.scenario, "hub", &ratio, &goal);
        let bare = self.bare.text("", "bare loop", "", "");

        format!("{hub}\n{bare}\n|  | memory of the hub for each socket: {} bytes |", self.memory_bytes_per_socket)
    }
}

impl Figures {
    fn text(&self, scenario: &str, server: &str, ratio: &str, goal: &str) -> String {
        let Summary { latency, lost, doubled, reordered, strange } = self.summary;

        format!(
            "| {scenario} | {server} | {:.0} | {:.2} | {ratio} | {goal} | {:.0} | {:.1} | {:.1} | {:.1} | {lost}, {doubled}, {reordered}, {strange} |",
            self.per_cpu_second,
            self.cpu_us_per_delivery,
            self.per_second,
            latency.p50_ms,
            latency.p99_ms,
            latency.max_ms
        )
    }
}

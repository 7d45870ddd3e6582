//! What this process has taken from the machine.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// The kernel counts in these, on every Linux.
const TICK_MS: u64 = 10;

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Usage {
    /// User and system time.
    pub cpu_ms: u64,
    /// Resident.
    pub memory_bytes: u64,
}

/// User and system time of a process and of those that it has started, in milliseconds.
pub fn cpu_ms_of_family(id: u32) -> Result<u64> {
    let mut ticks = 0;
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        let Some((named, rest)) = stat.rsplit_once(')') else { continue };
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let own = named.split_whitespace().next() == Some(&id.to_string());
        let of = |field: usize| fields[field].parse::<u64>().unwrap_or_default();
        // Of children that have ended, the parent keeps the account.
        if own {
            ticks += (11..=14).map(of).sum::<u64>();
        } else if fields[1] == id.to_string() {
            ticks += of(11) + of(12);
        }
    }
    Ok(ticks * TICK_MS)
}

impl Usage {
    /// Until now.
    pub fn read() -> Result<Self> {
        let stat = std::fs::read_to_string("/proc/self/stat")?;
        // The name of the program stands in brackets and may hold spaces.
        let fields: Vec<&str> = stat.rsplit_once(')').context("a stat without a name")?.1.split_whitespace().collect();
        let ticks = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;

        let status = std::fs::read_to_string("/proc/self/status")?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no resident memory")?;
        let kilobytes: u64 = resident.trim().trim_end_matches(" kB").parse()?;

        Ok(Self { cpu_ms: ticks * TICK_MS, memory_bytes: kilobytes * 1024 })
    }
}

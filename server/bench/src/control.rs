//! How the processes talk: lines on standard input, answers in JSON on standard output.

use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// A process of this program that was started by this one. It ends with its input, or when this is dropped.
pub struct Process {
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Process {
    /// Starts one.
    pub fn start(arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let input = child.stdin.take().context("no input")?;
        let output = BufReader::new(child.stdout.take().context("no output")?).lines();

        Ok(Self { input, output, _child: child })
    }

    /// Says a line.
    pub async fn say(&mut self, line: &str) -> Result<()> {
        Ok(self.input.write_all(format!("{line}\n").as_bytes()).await?)
    }

    /// Waits for an answer.
    pub async fn answer<T: DeserializeOwned>(&mut self) -> Result<T> {
        let Some(line) = self.output.next_line().await? else { bail!("a process of the bench has ended early") };

        serde_json::from_str(&line).with_context(|| format!("not an answer: {line}"))
    }

    /// Says a line and waits for the answer.
    pub async fn ask<T: DeserializeOwned>(&mut self, line: &str) -> Result<T> {
        self.say(line).await?;
        self.answer().await
    }
}

/// What a server is told.
pub enum Order {
    /// Publish `count` messages in each room, numbered from `first`.
    Publish { first: u32, count: u32 },
    /// Say what was used so far.
    Usage,
}

impl Order {
    /// The line that says it.
    pub fn parse(line: &str) -> Result<Self> {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["publish", first, count] => Ok(Self::Publish { first: first.parse()?, count: count.parse()? }),
            ["usage"] => Ok(Self::Usage),
            _ => bail!("not an order: {line}"),
        }
    }
}

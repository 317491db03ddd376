//! A function's real process, started as Lambda starts it, with the Runtime API of [`crate::runtime_api`].
//!
//! Promises a clean environment (the variables of AWS's page "Working with Lambda environment variables", those of the function,
//! and nothing of ours), one event after the other, every line the process writes, and its end. Dropping it kills the process, as
//! Lambda ends an environment that it does not need any more. Refuses limits of memory, of CPU and of time.

mod environment;
mod log;
mod start;

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Instant;

use tokio::process::{Child, Command};

use crate::runtime_api::{Answered, EventTooLarge, FunctionError, Invocation, RuntimeApi, moment};

pub use self::environment::Environment;
pub(crate) use self::log::Log;
pub use self::start::{Bad, assert_each_stops_the_start, assert_starts};

/// A process that runs.
pub struct Bootstrap {
    api: RuntimeApi,
    child: Child,
    log: Log,
    started_at: Instant,
}

/// A process that is over.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// What it wrote, in lines: to standard output, and to standard error.
    pub log: Vec<String>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoAnswer {
    /// The process has ended instead.
    #[error("the process ended with {0}")]
    Ended(ExitStatus),
    /// The event is more than Lambda takes.
    #[error(transparent)]
    EventTooLarge(#[from] EventTooLarge),
    /// The process has told of a start that failed.
    #[error("the start failed: {0}")]
    Init(FunctionError),
    /// The system does not say what has become of the process.
    #[error("cannot wait for the process")]
    Wait(#[source] io::Error),
}

impl Bootstrap {
    /// Starts an executable.
    ///
    /// # Errors
    /// What the system said: there is none, most likely.
    pub async fn start(executable: &Path, environment: &Environment) -> io::Result<Self> {
        let api = RuntimeApi::start().await?;
        let started_at = moment();
        let mut child = Command::new(executable)
            .env_clear()
            .envs(environment.variables())
            .env("AWS_LAMBDA_RUNTIME_API", api.address())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let log = Log::of(&mut child);
        Ok(Self {
            api,
            child,
            log,
            started_at,
        })
    }

    /// When it was started.
    pub fn started_at(&self) -> Instant {
        self.started_at
    }

    /// The id of the process, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits until it asks for its first event, and says when that was: its start is over then.
    ///
    /// # Errors
    /// [`NoAnswer`] if it ends or fails instead.
    pub async fn ready(&mut self) -> Result<Instant, NoAnswer> {
        tokio::select! {
            biased;
            ready = self.api.ready() => ready.map_err(NoAnswer::Init),
            ended = self.child.wait() => Err(ended.map_or_else(NoAnswer::Wait, NoAnswer::Ended)),
        }
    }

    /// Hands it an event, and waits for the answer.
    ///
    /// # Errors
    /// [`NoAnswer`] if it ends instead. That a function fails is an answer.
    pub async fn invoke(&mut self, invocation: Invocation) -> Result<Answered, NoAnswer> {
        tokio::select! {
            biased;
            answered = self.api.invoke(invocation) => Ok(answered?),
            ended = self.child.wait() => Err(ended.map_or_else(NoAnswer::Wait, NoAnswer::Ended)),
        }
    }

    /// The lines that have been read until now; it may have written more.
    pub fn log(&self) -> Vec<String> {
        self.log.lines()
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// What the system said.
    pub async fn ended(mut self) -> io::Result<Ended> {
        let status = self.child.wait().await?;
        Ok(Ended {
            status,
            log: self.log.all().await,
        })
    }

    /// Sends it SIGTERM, and waits for its end. Lambda does that to a runtime beside which an extension runs ("Lambda execution
    /// environment lifecycle", shutdown phase); any other it kills.
    ///
    /// # Errors
    /// What the system said.
    pub async fn terminated(self) -> io::Result<Ended> {
        if let Some(pid) = self.pid() {
            // The shell's own `kill`: this crate has no unsafe code, and a system may have no such program.
            let arguments = ["-c", "kill -TERM \"$0\""];
            Command::new("/bin/sh").args(arguments).arg(pid.to_string()).status().await?;
        }
        self.ended().await
    }
}

#[cfg(test)]
mod tests;

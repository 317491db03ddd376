//! What a process writes, line by line, while it runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Child;
use tokio::task::JoinSet;

/// The lines of both outputs; of each in its order.
pub(crate) struct Log {
    lines: Lines,
    readers: JoinSet<()>,
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Log {
    /// Reads what a child writes from now on, if its outputs are pipes.
    pub(crate) fn of(child: &mut Child) -> Self {
        let (lines, mut readers) = (Lines::default(), JoinSet::new());
        if let Some(output) = child.stdout.take() {
            readers.spawn(read(output, lines.clone()));
        }
        if let Some(output) = child.stderr.take() {
            readers.spawn(read(output, lines.clone()));
        }
        Self { lines, readers }
    }

    /// What has been read.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().clone()
    }

    /// Everything, once the process has closed its outputs.
    pub(crate) async fn all(&mut self) -> Vec<String> {
        while self.readers.join_next().await.is_some() {}
        self.lines()
    }
}

impl Lines {
    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A line that is no text is kept with marks in it.
async fn read(output: impl AsyncRead + Unpin, lines: Lines) {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    while matches!(output.read_until(b'\n', &mut line).await, Ok(1..)) {
        let text = String::from_utf8_lossy(&line).trim_end_matches('\n').to_owned();
        lines.lock().push(text);
        line.clear();
    }
}

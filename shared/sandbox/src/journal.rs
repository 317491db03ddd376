//! CloudWatch Logs, for one thread: what is logged on it, kept as the lines of JSON that a function writes in production.
//!
//! Lambda hands each line of standard output on as a log event (AWS Lambda Developer Guide, "Log and monitor Rust Lambda functions").

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Level};

/// Keeps everything that is logged on this thread, down to the lowest level and by all dependencies, until it is dropped.
pub struct Journal {
    text: Text,
    _guard: DefaultGuard,
    /// While there is only one subscriber, `tracing` asks whichever thread comes by whether anybody listens to a place in the
    /// code, and remembers a test without a journal for all. So there are always two.
    _second: Dispatch,
}

impl Journal {
    /// Begins to keep.
    pub fn begin() -> Self {
        let text = Text::default();
        let writer = text.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(true)
            .with_max_level(Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        Self {
            text,
            _second: Dispatch::new(tracing_subscriber::registry()),
            _guard: tracing::subscriber::set_default(subscriber),
        }
    }

    /// Every line so far but those of the embedded database, which is Amazon's side.
    pub fn lines(&self) -> Vec<Value> {
        let text = self.text();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("every line is JSON"));
        lines
            .filter(|line| !line["target"].as_str().is_some_and(|target| target.starts_with("dynoxide")))
            .collect()
    }

    /// Everything so far, as it was written.
    pub fn text(&self) -> String {
        let bytes = self.text.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8(bytes.clone()).expect("what is logged is text")
    }

    /// The lines of requests that a function in production writes, without what changes from run to run.
    pub fn requests_of(&self, function: &str) -> Vec<Value> {
        self.steady(|line| line["function"] == function && !line["request"].is_null())
    }

    /// The lines that are asked for, without what changes from run to run.
    pub fn steady(&self, is_asked_for: impl FnMut(&Value) -> bool) -> Vec<Value> {
        let mut lines: Vec<_> = self.lines().into_iter().filter(is_asked_for).collect();
        for fields in lines.iter_mut().filter_map(Value::as_object_mut) {
            for name in ["timestamp", "target", "message"] {
                fields.remove(name).expect("every line has a time, a target and a message");
            }
        }
        lines
    }
}

/// Text that several writers share.
#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

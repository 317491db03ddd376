//! What a test's thread logs, kept as the lines of JSON that a function writes in production.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Level};

/// Keeps everything that is logged on this thread, down to the lowest level and by all dependencies, until it is dropped.
pub(crate) struct Journal {
    text: Text,
    _guard: DefaultGuard,
    /// While there is only one subscriber, `tracing` asks whichever thread comes by whether anybody listens to a place in the
    /// code, and remembers a test without a journal for all. So there are always two.
    _second: Dispatch,
}

impl Journal {
    /// Begins to keep.
    pub(crate) fn begin() -> Self {
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
    pub(crate) fn lines(&self) -> Vec<Value> {
        let text = String::from_utf8(self.text.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .filter(|line| !line["target"].as_str().unwrap().starts_with("dynoxide"))
            .collect()
    }

    /// The lines of requests that a function in production writes, without the time.
    pub(crate) fn of_requests(&self) -> Vec<Value> {
        let mut lines = self.lines();
        lines.retain(|line| line["function"] == "devices" && !line["request"].is_null());
        for line in &mut lines {
            let fields = line.as_object_mut().unwrap();
            for name in ["timestamp", "target", "message"] {
                fields.remove(name).unwrap();
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
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

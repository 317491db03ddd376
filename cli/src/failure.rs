//! Why a command could not be carried out, as a sentence for the terminal.

use std::error::Error;

/// A failure with its causes.
#[derive(Debug)]
pub(crate) struct Failure(Box<dyn Error + Send + Sync>);

impl Failure {
    /// A failure that is told in one sentence.
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into().into())
    }

    /// Prints the failure and all its causes to standard error, as one line.
    #[expect(clippy::print_stderr, reason = "this is the command's way to the terminal")]
    pub(crate) fn print(&self) {
        let mut line = format!("firepost: {}", self.0);
        let mut cause = self.0.source();
        while let Some(error) = cause {
            line.push_str(&format!(": {error}"));
            cause = error.source();
        }
        eprintln!("{line}");
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

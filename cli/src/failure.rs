//! Why a command could not be carried out, as a sentence for the terminal.

use std::error::Error;
use std::fmt;

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
        eprintln!("firepost: {self}");
    }
}

/// The failure and all its causes on one line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

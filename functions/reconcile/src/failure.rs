//! Why a sweep ends in an error: the invocation fails, which is what the alarm counts, and the next one goes on.

use endpoints::Refusal;
use inbox::StoreError;
use lambda_runtime::Diagnostic;

/// Why a sweep could not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// A part of the plan takes more than a paper holds: a defect.
    #[error("a part of what the run wrote down is too large")]
    Large,
    /// The application is not one of `PLATFORM_APPLICATIONS`.
    #[error("the application is not one of those that are served: see PLATFORM_APPLICATIONS")]
    NotServed,
    /// What an earlier step wrote down is not there, or cannot be read.
    #[error("what the run wrote down ({0}) is missing, or is of another version of this program")]
    Paper(&'static str),
    /// The listing begins again and again.
    #[error("the listing of endpoints came to no end: its pages are not known any more before they are read")]
    Restless,
    /// SNS does not list the endpoints, or does not show one.
    #[error("SNS does not tell what endpoints there are")]
    Sns(#[source] Refusal),
    /// The table cannot be read or written.
    #[error("the table of devices cannot be read or written")]
    Store(#[from] StoreError),
    /// The run is another process's.
    #[error("the run was taken over by another process")]
    TakenOver,
}

/// What Lambda is told of it: the name of the kind, and the sentence.
impl From<SweepError> for Diagnostic {
    fn from(error: SweepError) -> Self {
        Self {
            error_type: "SweepError".to_owned(),
            error_message: cloud::Causes(&error).to_string(),
        }
    }
}

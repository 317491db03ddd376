#![doc = include_str!("../README.md")]

mod batch;
mod dispatch;
mod event;
mod event_id;
mod invocation;
mod message;
mod outcome;
mod publish;
mod settings;
mod source;
mod stream;
mod sweep;
mod topic;

pub use dispatch::{Clock, Dispatch};
pub use event::{Data, Event, Origin, Place, Underivable};
pub use event_id::EventId;
pub use invocation::{Answer, BadInvocation, Invocation};
pub use message::{MAX_BATCH_BYTES, Message};
pub use outcome::{Counts, Outcome};
pub use settings::Settings;
pub use source::Source;
pub use stream::{BatchItemFailure, StreamBatch};
pub use sweep::{SweepStopped, Swept};
pub use topic::{EntryRefused, Topic, TopicError};

/// The JSON Schema of what is handed on.
pub const SCHEMA: &str = include_str!("../schema/event-v1.json");

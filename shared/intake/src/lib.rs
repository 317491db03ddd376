#![doc = include_str!("../README.md")]

mod approval;
mod believed;
mod confirm;
mod connect;
mod direct;
mod log;
mod outcome;
mod receive;
mod record;
mod settings;
mod source;
mod standing;
mod trust;

pub use approval::{Approval, approve, reject};
pub use cloud::BadSetting;
pub use confirm::Confirmer;
pub use connect::Cloud;
pub use direct::{Answer, NotRecorded, NotRecords, Records};
pub use inbox::Invoked;
pub use outcome::{Outcome, Refused};
pub use receive::{Clock, Intake, Parts};
pub use settings::Settings;
pub use source::{Filing, Source, Unreadable, Unsigned};
pub use trust::{TopicRecord, TopicState, Trust};

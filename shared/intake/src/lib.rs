#![doc = include_str!("../README.md")]

mod approval;
mod cloud;
mod confirm;
mod log;
mod outcome;
mod receive;
mod settings;
mod source;
mod standing;
mod trust;

pub use approval::{Approval, approve, reject};
pub use cloud::{Cloud, tls_roots};
pub use confirm::Confirmer;
pub use log::log_as_json;
pub use outcome::{Outcome, Refused};
pub use receive::{Clock, Intake, Parts};
pub use settings::{BadSetting, CaBundle, Settings};
pub use source::{Filing, Source, Unreadable};
pub use trust::{TopicRecord, TopicState, Trust};

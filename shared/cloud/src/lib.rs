#![doc = include_str!("../README.md")]

mod ca_bundle;
mod deadline;
mod endpoint_urls;
mod log;
mod sdk;
mod task;
mod transport;
mod variables;

pub use aws_config::SdkConfig;
pub use ca_bundle::CaBundle;
pub use deadline::ends_at;
pub use log::{Causes, log_as_json};
pub use sdk::{function_config, terminal_config, tls_roots, within};
pub use task::{as_task, briefly};
pub use variables::{BadSetting, Variables};

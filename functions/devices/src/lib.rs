#![doc = include_str!("../README.md")]

mod applications;
mod connect;
mod evidence;
mod fault;
mod invocation;
mod log;
mod object;
mod problem;
mod reply;
mod request;
mod service;
mod settings;
mod settle;
mod sns;
mod standing;
mod subscriptions;
mod trouble;

pub use applications::Applications;
pub use fault::{Fault, FaultName};
pub use invocation::{Invocation, UnknownEvent, answer};
pub use problem::{Problem, ProblemType};
pub use service::{Clock, Parts, Service};
pub use settings::Settings;

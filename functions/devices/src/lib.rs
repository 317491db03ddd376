#![doc = include_str!("../README.md")]

mod connect;
mod doubt;
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
mod standing;
mod trouble;

pub use endpoints::{Applications, Clock};
pub use fault::{Fault, FaultName};
pub use invocation::{Invocation, UnknownEvent, answer};
pub use problem::{Problem, ProblemType};
pub use service::{Parts, Service};
pub use settings::Settings;

#![doc = include_str!("../README.md")]

mod answer;
mod connect;
mod counters;
mod event;
mod events;
mod failure;
mod invocation;
mod log;
mod order;
mod papers;
pub mod quota;
mod report;
mod settings;
mod steps;
mod sweep;
mod terms;
mod work;

pub use answer::{Answer, Ended};
pub use endpoints::{Applications, Clock, Wait};
pub use event::{Event, Failure, Kind, NotAnEvent};
pub use failure::SweepError;
pub use invocation::{BadInvocation, Invocation, Step, StepName, Under};
pub use order::{Asked, Now, Order, Window};
pub use report::{Before, Calls, Healed, Line, Report, Summary, csv};
pub use settings::{Rules, Settings};
pub use steps::Stepped;
pub use sweep::{Forecast, Parts, Progress, Ran, Sizes, Sweep};
pub use terms::Stop;

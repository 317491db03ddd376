#![doc = include_str!("../README.md")]

mod applications;
mod clock;
mod pace;
mod row;
mod sns;
mod worker;

pub use applications::Applications;
pub use clock::Clock;
pub use pace::{Pace, Wait, Waiting};
pub use row::{Passes, device};
pub use sns::{Cause, Changes, Health, Page, Refusal, Seen, Sns, UserData};
pub use worker::{Failure, Worked, Worker};

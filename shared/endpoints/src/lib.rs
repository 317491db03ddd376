#![doc = include_str!("../README.md")]

mod applications;
mod clock;
mod pace;
mod row;
mod sns;
mod tickets;
mod worker;

pub use applications::{Applications, platform_applications};
pub use clock::Clock;
pub use pace::{Pace, Wait, Waiting};
pub use row::{Passes, device};
pub use sns::{Changes, Health, Page, Refusal, Seen, Sns, UserData};
pub use tickets::tickets;
pub use worker::{Failure, Worked, Worker};

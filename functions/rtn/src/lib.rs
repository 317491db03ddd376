#![doc = include_str!("../README.md")]

mod environment;
mod event;
mod field;
mod identity;
mod kind;
mod payload;
pub mod purchase;
mod read;
mod related_receipts;
#[cfg(test)]
mod sample;
mod source;
mod warning;

pub use environment::Environment;
pub use event::RtnEvent;
pub use identity::{AppUserId, PackageName, ReceiptId};
pub use kind::{Family, Kind};
pub use read::{Reading, read};
pub use reading::{Extra, Opaque, Unreadable};
pub use source::SOURCE;
pub use warning::Warning;

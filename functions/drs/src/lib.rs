#![doc = include_str!("../README.md")]

mod decimal;
mod device;
mod event;
#[cfg(test)]
mod facts;
mod identity;
mod invocation;
mod kind;
#[cfg(test)]
mod noise;
mod notes;
mod order;
mod payload;
mod product;
mod read;
#[cfg(test)]
mod sample;
mod slots;
mod source;
mod version;
mod warning;
mod wrapper;

pub use decimal::Decimal;
pub use device::Device;
pub use event::DrsEvent;
pub use identity::{CustomerId, InstanceId, Label, LwaClientId, NotificationId, SerialNumber};
pub use invocation::{Answer, Failure, Invocation, answer};
pub use kind::Kind;
pub use order::Order;
pub use product::Product;
pub use read::{Reading, read};
pub use reading::{Extra, Opaque, Unreadable};
pub use slots::Slot;
pub use source::SOURCE;
pub use version::{DeclaredVersion, WireVersion};
pub use warning::Warning;

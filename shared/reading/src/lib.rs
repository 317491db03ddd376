#![doc = include_str!("../README.md")]

mod extra;
mod field;
mod fields;
mod key;
mod moment;
mod opaque;
mod unreadable;

pub use extra::Extra;
pub use field::{list, object, optional_text, required, text};
pub use fields::{Fields, Once};
pub use key::{is_key_part, sortable};
pub use moment::{moment, rfc3339, rfc3339_or_null};
pub use opaque::Opaque;
pub use unreadable::Unreadable;

//! The subcommands, one file each.

pub(crate) mod adm;
pub(crate) mod endpoints;
pub(crate) mod inbox;
pub(crate) mod read;
pub(crate) mod serve;
pub(crate) mod tail;
pub(crate) mod topics;
pub(crate) mod trigger;
pub(crate) mod verify;

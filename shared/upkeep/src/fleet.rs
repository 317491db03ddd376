//! Every endpoint of an application, in 33 bytes each.
//!
//! 16 for the id, 8 for the token's hash, 8 for the user data's, 1 of flags: a million endpoints are 33 MB, so one function holds them all,
//! knows the duplicates exactly, and leaves healthy endpoints without a call. There is one array and no index. It is sorted by token
//! first, when every row of the registry is joined with it ([`ByToken`]), and by id then ([`ById`]), when what the rows name is looked
//! up: only by then it is known which tokens are claimed.
//!
//! Eight bytes of a hash can meet by chance. So a match says where to look, and nothing is written on the strength of it: a
//! [`Candidate`] is read again in full ([`crate::mend`]). Where the match alone decides, for a healthy endpoint, the whole id and the
//! user data match too; among a million endpoints a false one comes about once in 18 million million passes, and costs a pass.

mod by_id;
mod by_token;
mod entry;
mod listing;

pub use by_id::ById;
pub use by_token::{ByToken, Candidate};
pub use entry::ENTRY_BYTES;
pub use listing::{Listed, Listing, NotAListing};

#[cfg(test)]
mod tests;

//! The attribute names of a row of the table `sends`, and nothing else that could drift from its template.
//!
//! Names are part of the size of an item, and one write unit holds 1 KB of it: they are short words, not sentences.

/// Partition key: `send#` and the digest of who sends, by which route, under which idempotency key.
pub const KEY: &str = "key";
/// Epoch second after which the row counts as absent and DynamoDB may delete it.
pub const EXPIRES_AT: &str = "expires_at";

pub(crate) const ATTEMPT: &str = "attempt";
pub(crate) const BODY: &str = "body";
pub(crate) const FINGERPRINT: &str = "fingerprint";
pub(crate) const HEADERS: &str = "headers";
pub(crate) const LAST_ERROR: &str = "last_error";
pub(crate) const LEASE_UNTIL: &str = "lease_until";
pub(crate) const NOT_BEFORE: &str = "not_before";
pub(crate) const OWNER: &str = "owner";
pub(crate) const STATE: &str = "state";
pub(crate) const STATUS: &str = "status";

#![doc = include_str!("../README.md")]

mod attributes;
mod cert_memory;
mod chain;
mod confirmation;
mod envelope;
mod fields;
mod freshness;
mod headers;
mod https;
mod json;
pub mod lenient;
mod message;
#[cfg(test)]
mod reason_codes;
mod refusal;
mod region;
mod rejection;
mod relayed;
mod roots;
mod signed_bytes;
mod signing_cert;
mod signing_cert_url;
mod signing_certs;
mod topic;

pub use chain::ChainPolicy;
pub use confirmation::Confirmation;
pub use envelope::{MAX_BODY_BYTES, MessageType, Unverified};
pub use freshness::Freshness;
pub use headers::Header;
pub use https::Https;
pub use message::Message;
pub use refusal::{FetchFault, PolicyRefusal, Refusal, Transient};
pub use region::Region;
pub use rejection::Rejection;
pub use relayed::Relayed;
pub use roots::{BadRoots, Roots};
pub use signed_bytes::SignatureVersion;
pub use signing_cert::{SigningCert, Trust};
pub use signing_cert_url::SigningCertUrl;
pub use signing_certs::{CertSource, Fetched, PinnedCerts, SigningCerts};
pub use topic::{BadTopicPattern, TopicArn, TrustedTopics};

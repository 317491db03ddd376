#![doc = include_str!("../README.md")]

pub mod adm;
pub mod cert_host;
pub mod drs;
pub mod dynamo;
mod envelope;
pub mod ids;
mod journal;
pub mod kill;
pub mod lambda;
mod listener;
mod message;
mod names;
pub mod pki;
mod plain_http;
pub mod publisher;
pub mod queue;
mod rsa_key;
pub mod rtn;
pub mod secrets;
mod signer;
pub mod sns_api;
mod tree;

pub use self::{
    adm::{AdmEndpoint, AdmService},
    cert_host::CertHost,
    envelope::Envelope,
    journal::Journal,
    message::{Message, Notification, SubscriptionConfirmation, UnsubscribeConfirmation, sns_host},
    names::Names,
    pki::Pki,
    publisher::Publisher,
    queue::Queue,
    secrets::Secrets,
    signer::{SignatureVersion, Signer},
    sns_api::{Push, SnsApi},
};

#![doc = include_str!("../README.md")]

pub mod adm;
pub mod bootstrap;
pub mod cert_host;
pub mod drs;
pub mod dynamo;
pub mod emulator;
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
pub mod runtime_api;
pub mod secrets;
mod signer;
pub mod sns_api;
mod tree;

pub use self::{
    adm::{AdmEndpoint, AdmService},
    bootstrap::Bootstrap,
    cert_host::CertHost,
    envelope::Envelope,
    journal::Journal,
    message::{Message, Notification, SubscriptionConfirmation, UnsubscribeConfirmation, sns_host},
    names::Names,
    pki::Pki,
    publisher::Publisher,
    queue::Queue,
    runtime_api::RuntimeApi,
    secrets::Secrets,
    signer::{SignatureVersion, Signer},
    sns_api::{Push, SnsApi},
};

//! The local stack: every function in this process behind one loopback server with the deployed routes, the embedded
//! DynamoDB, and Amazon's side simulated by the sandbox.
//!
//! The functions are the deployed ones. What differs is what they are given: addresses on the loopback interface, and the
//! sandbox's certification authority in the place of Amazon's. What Lambda does around them, reading the table's stream and
//! keeping the schedule of sweeps, is done by [`HandingOn`].

mod amazon;
mod event_source;
mod functions;
mod handing_on;
mod invocations;
mod messaging;
mod options;
mod published;
mod push;
mod server;
mod subscriptions;
mod tokens;

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use adm::Ledger;
use dispatch::{BatchItemFailure, SweepStopped, Swept};
use inbox::{Inbox, StoreError};
use intake::Trust;
use jiff::SignedDuration;
use reconcile::{Sweep, SweepError};
use sandbox::dynamo::{Dynamo, DynamoError, Faults, StreamError, Tables, TablesError, create_tables};
use sandbox::sns_api::{Push, SnsEndpoint};
use sandbox::{AdmEndpoint, AdmService, CertHost, SnsApi};
use tokio::net::TcpListener;

use amazon::Amazon;
use functions::Functions;
use handing_on::HandingOn;
use messaging::{Messaging, report_subscriptions};
pub use options::{HandOn, StackOptions};
pub(crate) use published::{Event, Page};
pub(crate) use push::PUSH_APPLICATION;
pub(crate) use push::{DEVICES_TIMEOUT, RECONCILE_TIMEOUT, ROW_RETENTION};
use push::{EndpointEvents, PushEndpoints};
use server::{Description, Server};
pub(crate) use subscriptions::{Function, Subscribe, Subscribed};

/// A running local stack. Dropping it ends it.
pub struct Stack {
    /// Where the functions listen: `http://127.0.0.1:<port>`.
    pub url: String,
    /// The embedded DynamoDB.
    pub dynamo: Dynamo,
    /// The proxy in front of it, if one was asked for.
    pub faults: Option<Faults>,
    /// SNS's hosts: certificates and API, over TLS.
    pub hosts: CertHost,
    /// The host of the signing certificate's issuer.
    pub issuer: CertHost,
    /// The SNS API behind the hosts: what was confirmed, and what was published to [`EVENTS_TOPIC`].
    pub api: SnsApi,
    /// ADM and Login with Amazon: what was sent to devices, and what is to go wrong.
    pub adm: AdmService,
    /// Where both are.
    pub adm_endpoint: AdmEndpoint,
    /// The push side of SNS: endpoints, and what devices and the push service do.
    pub push: Push,
    /// Sweeps over the endpoints of the platform application.
    pub reconcile: Arc<Sweep>,
    /// The record.
    pub inbox: Inbox,
    /// Topics and certificates.
    pub trust: Trust,
    handing_on: HandingOn,
    endpoint_events: EndpointEvents,
    sns: SnsEndpoint,
    _server: Server,
}

/// Why the local stack did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StackError {
    /// The embedded database.
    #[error("the embedded database did not start")]
    Database(#[from] DynamoError),
    /// The ledger of subscriptions.
    #[error("the subscriptions could not be put into the ledger")]
    Ledger(#[from] StoreError),
    /// The port of the functions.
    #[error("cannot listen on 127.0.0.1:{port}; if another stack runs there, stop it or choose another --port")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The simulated hosts.
    #[error("the simulated AWS hosts did not start")]
    Sandbox(#[source] io::Error),
    /// The stream of the table of notifications.
    #[error("the stream of the table of notifications could not be opened")]
    Stream(#[from] StreamError),
    /// The tables.
    #[error("the tables could not be made in the embedded database")]
    Tables(#[from] TablesError),
}

impl Stack {
    /// Starts everything and waits until it listens.
    ///
    /// # Errors
    /// [`StackError`] says which part did not start.
    pub async fn start(options: StackOptions) -> Result<Self, StackError> {
        let port = options.port;
        let listen = |source| StackError::Listen { port, source };
        // The port first: it is what tells that another stack runs on the same database.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(listen)?;
        let url = format!("http://{}", listener.local_addr().map_err(listen)?);

        let dynamo = match &options.database {
            Some(path) => Dynamo::at(path).await?,
            None => Dynamo::in_memory().await?,
        };
        let tables = Tables::default();
        let timeouts = options.store_timeouts.clone();
        let direct = dynamo.client_with(timeouts.clone());
        create_tables(&direct, &tables).await?;
        report_subscriptions(&Ledger::new(direct, tables.sends.as_str()), (options.clock)()).await?;
        let faults = if options.faults {
            Some(dynamo.with_faults().await?)
        } else {
            None
        };
        let client = match &faults {
            Some(faults) => faults.client_with(timeouts),
            None => dynamo.client_with(timeouts),
        };

        let inbox = Inbox::new(client.clone(), tables.notifications.as_str(), RETENTION);
        let trust = Trust::new(client.clone(), tables.trust.as_str());
        let amazon = Amazon::start(options.clock, options.fetch_deadline)
            .await
            .map_err(StackError::Sandbox)?;
        let messaging = Messaging::start(options.clock).await.map_err(StackError::Sandbox)?;
        let adm = messaging.function(&options, client.clone(), &tables.sends);
        let endpoints = PushEndpoints::of(&options, &amazon, client, &tables.devices);
        let endpoint_events = EndpointEvents::of(&amazon, Arc::clone(&endpoints.reconcile), &options);
        let functions = Functions::new(&options, &amazon, &inbox, &trust, adm, &endpoints);
        let handing_on = HandingOn::of(&dynamo, &tables.notifications, functions.dispatch.clone(), options.clock).await?;
        let handing_on = match options.hand_on {
            HandOn::Automatically => handing_on.in_background(),
            HandOn::WhenAsked => handing_on,
        };
        let endpoint_events = match options.hand_on {
            HandOn::Automatically => endpoint_events.in_background(),
            HandOn::WhenAsked => endpoint_events,
        };
        let description = Description::new(&url, dynamo.endpoint(), amazon.endpoint.url(), messaging.endpoint.url());
        let server = Server::start(listener, functions, description, amazon.api.clone(), options.clock);
        let Amazon {
            api,
            endpoint,
            hosts,
            issuer,
            ..
        } = amazon;
        Ok(Self {
            url,
            dynamo,
            faults,
            hosts,
            issuer,
            api,
            adm: messaging.service,
            adm_endpoint: messaging.endpoint,
            push: endpoints.push,
            reconcile: endpoints.reconcile,
            inbox,
            trust,
            handing_on,
            endpoint_events,
            sns: endpoint,
            _server: server,
        })
    }

    /// Invokes `dispatch` with what the table's stream has, batch by batch, until there is nothing more or a part of a batch has
    /// failed. Answers what has failed: the next call, or the background, goes on there.
    ///
    /// When this returns, whatever was recorded before it was called has been tried.
    ///
    /// # Errors
    /// [`StreamError`] if the stream cannot be read.
    pub async fn hand_on_now(&self) -> Result<Vec<BatchItemFailure>, StreamError> {
        self.handing_on.drain().await
    }

    /// A client of the simulated SNS, as anybody else has one.
    pub fn sns_client(&self) -> aws_sdk_sns::Client {
        self.sns.client()
    }

    /// Invokes `reconcile` with what has happened to endpoints until now.
    ///
    /// # Errors
    /// [`SweepError`] if the store fails.
    pub async fn endpoint_events_now(&self) -> Result<(), SweepError> {
        self.endpoint_events.drain().await
    }

    /// Invokes `dispatch` as its schedule does. What arrived within the last minute is left to the stream.
    ///
    /// # Errors
    /// [`SweepStopped`] if the store or the topic lets nothing through.
    pub async fn sweep_now(&self) -> Result<Swept, SweepStopped> {
        self.handing_on.sweep().await
    }
}

/// The account that the topics in Amazon's RTN samples belong to.
pub(crate) const SAMPLE_TOPICS: &str = "arn:aws:sns:us-east-1:033616359524:*";

/// The topic for Dash Replenishment, which a deployment makes for itself: the only one that the local `drs` trusts.
pub const DRS_TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:drs";

/// The topic that recorded events are handed on to.
pub const EVENTS_TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:events";

/// As deployed by default.
pub(crate) const RETENTION: SignedDuration = SignedDuration::from_hours(24 * 90);

/// The time that the deployed `rtn` and `drs` have.
pub(crate) const INTAKE_TIMEOUT: SignedDuration = SignedDuration::from_secs(12);

/// The time that the deployed `adm` has.
pub(crate) const ADM_TIMEOUT: SignedDuration = SignedDuration::from_secs(29);

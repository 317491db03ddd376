//! The local stack: every function in this process behind one loopback server with the deployed routes, the embedded
//! DynamoDB, and Amazon's side simulated by the sandbox.
//!
//! The functions are the deployed ones. What differs is what they are given: addresses on the loopback interface, and the
//! sandbox's certification authority in the place of Amazon's.

mod server;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use inbox::Inbox;
use intake::{Clock, Confirmer, Intake, Parts, Trust};
use jiff::SignedDuration;
use sandbox::dynamo::{Dynamo, DynamoError, Faults, Tables, TablesError, TimeoutConfig, create_tables};
use sandbox::sns_api::SnsEndpoint;
use sandbox::{CertHost, Pki, SnsApi, sns_host};
use sns_webhook::{ChainPolicy, Freshness, Https, PinnedCerts, Roots, SigningCerts, TrustedTopics};
use tokio::net::TcpListener;

use server::Server;
pub(crate) use server::{Description, Subscribe, Subscribed};

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
    /// The SNS API behind the hosts.
    pub api: SnsApi,
    /// The record.
    pub inbox: Inbox,
    /// Topics and certificates.
    pub trust: Trust,
    _endpoint: SnsEndpoint,
    _server: Server,
}

/// What a local stack is started with.
#[derive(Debug, Clone)]
pub struct StackOptions {
    /// The port of 127.0.0.1 that the functions listen on; 0 takes a free one.
    pub port: u16,
    /// The file that the database is kept in; none keeps it in memory.
    pub database: Option<PathBuf>,
    /// Puts a fault-injecting proxy in front of the database.
    pub faults: bool,
    /// The topics that are listened to without asking anybody.
    pub trusted_topics: TrustedTopics,
    /// How old a message may be.
    pub freshness: Freshness,
    /// What is done about a missing issuer.
    pub chain_policy: ChainPolicy,
    /// Certificates that are believed without being fetched.
    pub pinned_certs: PinnedCerts,
    /// Time for a fetch from the simulated hosts.
    pub fetch_deadline: Duration,
    /// Time for a call to the database.
    pub store_timeouts: TimeoutConfig,
    /// Reads the time, for the functions and for the sandbox.
    pub clock: Clock,
}

impl StackOptions {
    /// In memory, on a free port, with the deployed functions' defaults, trusting the account of Amazon's samples.
    pub fn new(clock: Clock) -> Self {
        Self {
            port: 0,
            database: None,
            faults: false,
            trusted_topics: TrustedTopics::parse(SAMPLE_TOPICS).expect("a pattern that a test reads"),
            freshness: Freshness::default(),
            chain_policy: ChainPolicy::Prefer,
            pinned_certs: PinnedCerts::default(),
            fetch_deadline: Duration::from_secs(3),
            store_timeouts: inbox::timeouts(),
            clock,
        }
    }
}

/// Why the local stack did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StackError {
    /// The embedded database.
    #[error("the embedded database did not start")]
    Database(#[from] DynamoError),
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
        let timeouts = options.store_timeouts;
        create_tables(&dynamo.client_with(timeouts.clone()), &tables).await?;
        let faults = if options.faults {
            Some(dynamo.with_faults().await?)
        } else {
            None
        };
        let client = match &faults {
            Some(faults) => faults.client_with(timeouts),
            None => dynamo.client_with(timeouts),
        };

        let pki = Pki::fixed();
        let api = SnsApi::new(options.clock);
        let endpoint = api.serve(0).await.map_err(StackError::Sandbox)?;
        let names = REGIONS.map(|region| sns_host(&format!("arn:aws:sns:{region}:000000000000:any")));
        let names = names.iter().map(String::as_str).collect::<Vec<_>>();
        let hosts = CertHost::start_with_api(&pki, &names, &api, 0)
            .await
            .map_err(StackError::Sandbox)?;
        hosts.publish_signer(&pki.signer());
        let issuer = CertHost::start_issuer(&pki).await.map_err(StackError::Sandbox)?;

        let roots = Roots::from_pem(pki.root_pem()).expect("the sandbox's root is a certificate");
        let https = Https::with_addresses(&roots, options.fetch_deadline, addresses(&names, hosts.addr(), issuer.addr()));
        let inbox = Inbox::new(client.clone(), tables.notifications.as_str(), RETENTION);
        let trust = Trust::new(client, tables.trust.as_str());
        let intake = Intake::new(Parts {
            source: rtn::SOURCE,
            trusted_topics: options.trusted_topics,
            freshness: options.freshness,
            certs: SigningCerts::new(options.pinned_certs, roots, options.chain_policy, https.clone()),
            trust: trust.clone(),
            confirmer: Confirmer::new(endpoint.client(), https),
            inbox: inbox.clone(),
            clock: options.clock,
        });
        let description = Description {
            dynamodb: dynamo.endpoint().to_owned(),
            sns: endpoint.url(),
        };
        let server = Server::start(listener, &url, Arc::new(intake), description, api.clone(), options.clock);
        Ok(Self {
            url,
            dynamo,
            faults,
            hosts,
            issuer,
            api,
            inbox,
            trust,
            _endpoint: endpoint,
            _server: server,
        })
    }
}

/// Where the simulated hosts are to be found.
fn addresses(names: &[&str], hosts: SocketAddr, issuer: SocketAddr) -> HashMap<String, SocketAddr> {
    let mut addresses = names
        .iter()
        .map(|name| ((*name).to_owned(), hosts))
        .collect::<HashMap<_, _>>();
    addresses.insert("crt.sandbox.amazontrust.com".to_owned(), issuer);
    addresses
}

/// The account that the topics in Amazon's RTN samples belong to.
pub(crate) const SAMPLE_TOPICS: &str = "arn:aws:sns:us-east-1:033616359524:*";

/// Regions whose SNS hosts are simulated: one of each naming rule.
const REGIONS: [&str; 5] = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "us-east-2"];

/// As deployed by default.
pub(crate) const RETENTION: SignedDuration = SignedDuration::from_hours(24 * 90);

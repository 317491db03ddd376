//! Amazon's side of the local stack: SNS's hosts with their certificates and their API, and a way to them that needs no DNS.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use intake::Clock;
use sandbox::sns_api::SnsEndpoint;
use sandbox::{CertHost, Pki, SnsApi, sns_host};
use sns_webhook::{Https, Roots};

use super::EVENTS_TOPIC;

/// The simulated hosts, listening.
pub(super) struct Amazon {
    /// The SNS API, which knows the deployment's topic `events`.
    pub(super) api: SnsApi,
    /// The API without TLS, as `AWS_ENDPOINT_URL_SNS` would say.
    pub(super) endpoint: SnsEndpoint,
    /// SNS's hosts.
    pub(super) hosts: CertHost,
    /// The host of the signing certificate's issuer.
    pub(super) issuer: CertHost,
    /// The authority in the place of Amazon's.
    pub(super) roots: Roots,
    /// The way to the hosts.
    pub(super) https: Https,
}

impl Amazon {
    pub(super) async fn start(clock: Clock, fetch_deadline: Duration) -> io::Result<Self> {
        let pki = Pki::fixed();
        let api = SnsApi::new(clock);
        api.create_topic(EVENTS_TOPIC);
        let endpoint = api.serve(0).await?;
        let names = REGIONS.map(|region| sns_host(&format!("arn:aws:sns:{region}:000000000000:any")));
        let names = names.iter().map(String::as_str).collect::<Vec<_>>();
        let hosts = CertHost::start_with_api(&pki, &names, &api, 0).await?;
        hosts.publish_signer(&pki.signer());
        let issuer = CertHost::start_issuer(&pki).await?;
        let roots = Roots::from_pem(pki.root_pem()).expect("the sandbox's root is a certificate");
        let https = Https::with_addresses(&roots, fetch_deadline, addresses(&names, hosts.addr(), issuer.addr()));
        Ok(Self {
            api,
            endpoint,
            hosts,
            issuer,
            roots,
            https,
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

/// Regions whose SNS hosts are simulated: one of each naming rule.
const REGIONS: [&str; 5] = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "us-east-2"];

//! The functions of the deployment, each with what its environment would give it.

use std::sync::Arc;

use adm::Service;
use dispatch::{Dispatch, Topic};
use inbox::Inbox;
use intake::{Confirmer, Intake, Parts, Source, Trust};
use reconcile::Sweep;
use sns_webhook::{SigningCerts, TrustedTopics};

use super::amazon::Amazon;
use super::push::PushEndpoints;
use super::{EVENTS_TOPIC, StackOptions};

/// One of each.
pub(super) struct Functions {
    /// Sends to devices.
    pub(super) adm: Arc<Service>,
    /// Registers push tokens.
    pub(super) devices: Arc<devices::Service>,
    /// Keeps push endpoints.
    pub(super) reconcile: Arc<Sweep>,
    /// Takes the Appstore's notifications.
    pub(super) rtn: Arc<Intake>,
    /// Takes Dash Replenishment's, over HTTPS and from SNS.
    pub(super) drs: Arc<Intake>,
    /// Hands on what was recorded.
    pub(super) dispatch: Dispatch,
}

impl Functions {
    pub(super) fn new(
        options: &StackOptions,
        amazon: &Amazon,
        inbox: &Inbox,
        trust: &Trust,
        adm: Service,
        endpoints: &PushEndpoints,
    ) -> Self {
        // Each has a memory of its own, as in processes of their own.
        let intake = |source: Source, trusted_topics: &TrustedTopics| {
            Arc::new(Intake::new(Parts {
                source,
                trusted_topics: trusted_topics.clone(),
                freshness: options.freshness,
                certs: SigningCerts::new(
                    options.pinned_certs.clone(),
                    amazon.roots.clone(),
                    options.chain_policy,
                    amazon.https.clone(),
                ),
                trust: trust.clone(),
                confirmer: Confirmer::new(amazon.endpoint.client(), amazon.https.clone()),
                inbox: inbox.clone(),
                clock: options.clock,
            }))
        };
        Self {
            adm: Arc::new(adm),
            devices: Arc::clone(&endpoints.devices),
            reconcile: Arc::clone(&endpoints.reconcile),
            rtn: intake(rtn::SOURCE, &options.trusted_topics),
            drs: intake(drs::SOURCE, &options.drs_trusted_topics),
            dispatch: Dispatch::new(
                inbox.clone(),
                Topic::new(amazon.endpoint.client(), EVENTS_TOPIC),
                options.clock,
            ),
        }
    }
}

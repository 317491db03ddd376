//! Login with Amazon's token endpoint and ADM's Topic Based Messaging, on one loopback port as they are on one host.
//!
//! Faithful to "Topic Based Messaging" and "Request an Access Token" (developer.amazon.com/docs/adm): paths, headers, statuses, reasons,
//! limits. A message has to pass what the page says in the order token, registration, headers, body, size, fields, topic,
//! subscriptions; the page gives no order. Whatever a call meets, it is recorded first.

mod call;
mod fault;
mod message;
mod profile;
mod reply;
mod state;

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use jiff::Timestamp;

pub use self::{
    call::{Call, Target},
    fault::Fault,
    message::Delivered,
    profile::{SubscribeError, TopicLimits},
};
use self::{profile::Profile, reply::Reply, state::State};
use crate::{
    Pki, ids,
    listener::{Handler, HangUp, Listener},
};

/// Both services. Clones share everything.
#[derive(Clone)]
pub struct AdmService {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    state: Arc<Mutex<State>>,
}

/// The services on a port.
pub struct AdmEndpoint {
    listener: Listener,
    scheme: &'static str,
}

impl AdmService {
    /// Services that know no security profile yet and tell the time by `now`.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            now: Arc::new(now),
            state: Arc::default(),
        }
    }

    /// Makes a security profile with these credentials, with ADM enabled, not registered for topics. Gives its name.
    pub fn add_profile(&self, client_id: &str, client_secret: &str) -> String {
        let profile = Profile::new(client_id, client_secret);
        let name = profile.name.clone();
        self.lock().profiles.insert(client_id.to_owned(), profile);
        name
    }

    /// Gives a profile another secret; the old one is wrong from now on.
    pub fn rotate_secret(&self, client_id: &str, client_secret: &str) {
        self.with_profile(client_id, |profile| profile.client_secret = client_secret.to_owned());
    }

    /// Switches ADM off for a profile: it gets no token of scope `messaging:push` any more.
    pub fn disable_messaging(&self, client_id: &str) {
        self.with_profile(client_id, |profile| profile.may_push = false);
    }

    /// Registers a profile for topics without a call.
    pub fn register(&self, client_id: &str) {
        self.with_profile(client_id, |profile| profile.is_registered = true);
    }

    /// Ends every token that was given, before its time.
    pub fn revoke_tokens(&self) {
        self.lock().tokens.clear();
    }

    /// An app instance subscribes to a topic, as `ADM.subscribeToTopic` does on a device.
    ///
    /// # Errors
    /// [`SubscribeError`], by the ids that the app's `onSubscribeError` is told.
    pub fn subscribe(&self, client_id: &str, instance: &str, topic: &str) -> Result<(), SubscribeError> {
        let mut state = self.lock();
        let profile = state
            .profiles
            .get_mut(client_id)
            .ok_or(SubscribeError::NotRegisteredWithTbm)?;
        profile.subscribe(instance, topic)
    }

    /// An app instance leaves a topic, as `ADM.unsubscribeFromTopic` does.
    ///
    /// # Errors
    /// [`SubscribeError`], by the ids that the app's `onUnsubscribeError` is told.
    pub fn unsubscribe(&self, client_id: &str, instance: &str, topic: &str) -> Result<(), SubscribeError> {
        let mut state = self.lock();
        let profile = state
            .profiles
            .get_mut(client_id)
            .ok_or(SubscribeError::NotRegisteredWithTbm)?;
        profile.unsubscribe(instance, topic)
    }

    /// What the next calls to `target` meet, one fault each; after the last one all is well again.
    pub fn script(&self, target: Target, faults: impl IntoIterator<Item = Fault>) {
        self.lock().faults.insert(target, faults.into_iter().collect());
    }

    /// Every call to `target` that arrived, in order, whatever became of it.
    pub fn calls(&self, target: Target) -> Vec<Call> {
        let state = self.lock();
        state.calls.iter().filter(|call| call.target == target).cloned().collect()
    }

    /// Every message that was taken, in order.
    pub fn delivered(&self) -> Vec<Delivered> {
        self.lock().delivered.clone()
    }

    /// Serves both over plain HTTP on a port of 127.0.0.1; port 0 takes a free one.
    pub async fn serve(&self, port: u16) -> io::Result<AdmEndpoint> {
        Ok(AdmEndpoint {
            listener: Listener::start(port, None, self.handler()).await?,
            scheme: "http",
        })
    }

    /// The same over TLS, with a certificate for 127.0.0.1 under the test root.
    pub async fn serve_tls(&self, pki: &Pki, port: u16) -> io::Result<AdmEndpoint> {
        let tls = pki.server_tls(&["127.0.0.1"]);
        Ok(AdmEndpoint {
            listener: Listener::start(port, Some(tls), self.handler()).await?,
            scheme: "https",
        })
    }

    fn handler(&self) -> Handler {
        let service = self.clone();
        Arc::new(move |request, _sni| {
            let service = service.clone();
            Box::pin(async move { service.answer(request).await })
        })
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, HangUp> {
        let call = Call::read(request).await?;
        let (fault, request_id) = {
            let mut state = self.lock();
            state.calls.push(call.clone());
            let fault = state.faults.get_mut(&call.target).and_then(VecDeque::pop_front);
            (
                fault.unwrap_or(Fault::Pass),
                ids::request_id(&format!("adm {}", state.calls.len())),
            )
        };
        let reply = match fault {
            Fault::Hang => std::future::pending().await,
            Fault::HangUp => return Err(HangUp),
            Fault::LoseResponse => {
                let _lost = self.perform(&call);
                return Err(HangUp);
            }
            Fault::Pass => self.perform(&call),
            other => Reply::of_fault(other, &call),
        };
        Ok(reply.into_response(&request_id))
    }

    fn perform(&self, call: &Call) -> Reply {
        let now = (self.now)();
        let mut state = self.lock();
        match call.target {
            Target::Token => state.give_token(call, now),
            Target::Register => state.register(call, now),
            Target::Send => state.send(call, now),
            Target::Other => Reply::nothing_here(),
        }
    }

    fn with_profile(&self, client_id: &str, change: impl FnOnce(&mut Profile)) {
        if let Some(profile) = self.lock().profiles.get_mut(client_id) {
            change(profile);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AdmEndpoint {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.listener.addr()
    }

    /// The value for `ADM_ENDPOINT` and `LWA_ENDPOINT`.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.addr())
    }

    /// Stops listening: from here on a connection is refused.
    pub async fn down(&mut self) {
        self.listener.down().await;
    }

    /// Listens again on the same port.
    pub async fn up(&mut self) -> io::Result<()> {
        self.listener.up().await
    }
}

#[cfg(test)]
mod tests;

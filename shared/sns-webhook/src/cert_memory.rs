//! The certificates that this process has seen: a bounded memory with one load at a time per URL.
//!
//! Ids in certificate URLs are anybody's choice, so an unknown one must neither push out a certificate that works nor make this
//! process hammer AWS. So only what was loaded is kept, a load that failed is remembered for seconds, and all loading pauses
//! while too many loads are under way or have just failed. The memory of a failure is short because it is no verdict.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::OnceCell;

use crate::{Refusal, SigningCert, SigningCertUrl, Transient};

/// Certificates by URL, the loads under way, and those that failed lately.
#[derive(Debug, Default)]
pub(crate) struct CertMemory(Mutex<Contents>);

#[derive(Debug, Default)]
struct Contents {
    /// Most recently used first.
    certs: VecDeque<(SigningCertUrl, Arc<SigningCert>)>,
    /// Each lives as long as somebody waits for it, so a load whose callers have all gone away leaves nothing behind.
    loads: Vec<(SigningCertUrl, Weak<Load>)>,
    failures: Vec<Failure>,
}

/// One caller at a time fills it; should that caller go away, the next in line does.
type Load = OnceCell<Arc<SigningCert>>;

#[derive(Debug)]
struct Failure {
    url: SigningCertUrl,
    at: Timestamp,
    refusal: Refusal,
}

impl CertMemory {
    /// The certificate of `url`, from memory or through `load`. Callers that ask for one URL at the same time share one load.
    pub(crate) async fn get_or_load<L>(&self, url: &SigningCertUrl, now: Timestamp, load: L) -> Result<Arc<SigningCert>, Refusal>
    where
        L: Future<Output = Result<SigningCert, Refusal>>,
    {
        let shared = self.lock().recall_or_join(url, now)?;
        let cert = shared.get_or_try_init(|| async {
            // Those who waited for a load that failed share its failure instead of repeating it.
            self.lock().refuse_if_failed(url, now)?;
            let loaded = load.await.map(Arc::new);
            self.lock().remember(url, now, &loaded);
            loaded
        });
        cert.await.cloned()
    }

    /// Nothing panics while it holds this lock, and what the lock guards is only a memory.
    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    /// A load that is done, or that is under way, or a new one if there may be one more.
    fn recall_or_join(&mut self, url: &SigningCertUrl, now: Timestamp) -> Result<Arc<Load>, Refusal> {
        match self.recall(url, now) {
            Some(cert) => Ok(Arc::new(Load::new_with(Some(cert)))),
            None => self.join(url, now),
        }
    }

    /// A certificate whose chain has lapsed is not recalled: loading it again may find another chain.
    fn recall(&mut self, url: &SigningCertUrl, now: Timestamp) -> Option<Arc<SigningCert>> {
        let found = self.certs.iter().position(|(known, _)| known == url)?;
        let entry = self.certs.remove(found)?;
        let cert = (!entry.1.chain_has_lapsed(now)).then(|| Arc::clone(&entry.1))?;
        self.certs.push_front(entry);
        Some(cert)
    }

    fn join(&mut self, url: &SigningCertUrl, now: Timestamp) -> Result<Arc<Load>, Refusal> {
        self.refuse_if_failed(url, now)?;
        self.loads.retain(|(_, load)| load.strong_count() > 0);
        let under_way = self.loads.iter().find(|(loading, _)| loading == url);
        if let Some(load) = under_way.and_then(|(_, load)| load.upgrade()) {
            return Ok(load);
        }
        if self.loads.len() + self.failures.len() >= MAX_LOADS {
            return Err(Transient::CertFetchPaused.into());
        }
        let load = Arc::default();
        self.loads.push((url.clone(), Arc::downgrade(&load)));
        Ok(load)
    }

    /// The clock may have been set back since a failure, which must not make a pause longer.
    fn refuse_if_failed(&mut self, url: &SigningCertUrl, now: Timestamp) -> Result<(), Refusal> {
        self.failures.retain(|failure| now.duration_since(failure.at).abs() < PAUSE);
        match self.failures.iter().find(|failure| failure.url == *url) {
            Some(failure) => Err(failure.refusal.clone()),
            None => Ok(()),
        }
    }

    fn remember(&mut self, url: &SigningCertUrl, now: Timestamp, loaded: &Result<Arc<SigningCert>, Refusal>) {
        match loaded {
            Ok(cert) => {
                self.certs.truncate(MAX_CERTS - 1);
                self.certs.push_front((url.clone(), Arc::clone(cert)));
            }
            Err(refusal) => self.failures.push(Failure {
                url: url.clone(),
                at: now,
                refusal: refusal.clone(),
            }),
        }
    }
}

/// More than SNS publishes in all its regions at a time, so that even naming each of them in turn pushes none out.
const MAX_CERTS: usize = 128;

/// How long a failed load is not repeated.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// How many loads may be under way or have failed within [`PAUSE`].
const MAX_LOADS: usize = 8;

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::{pending, ready};

    use super::*;
    use crate::{Region, Trust};

    fn now() -> Timestamp {
        "2026-03-06T19:55:40Z".parse().unwrap()
    }

    fn url(id: usize) -> SigningCertUrl {
        let text = format!("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-{id:032x}.pem");
        SigningCertUrl::parse(&text, &Region::parse("us-east-1").unwrap()).unwrap()
    }

    fn cert(trust: Trust) -> SigningCert {
        let pem = sandbox::Pki::fixed().signing_cert_pem();
        SigningCert::from_pem(pem.as_bytes()).unwrap().with_trust(trust)
    }

    /// Asks for a certificate whose load would succeed, and tells whether it was loaded.
    async fn is_loaded(memory: &CertMemory, id: usize, now: Timestamp, trust: Trust) -> Result<bool, Refusal> {
        let loaded = Cell::new(false);
        let load = async {
            loaded.set(true);
            Ok(cert(trust))
        };
        memory.get_or_load(&url(id), now, load).await.map(|_| loaded.get())
    }

    #[tokio::test]
    async fn a_certificate_is_loaded_again_when_its_chain_has_lapsed() {
        let memory = CertMemory::default();
        let (chained, later) = (Trust::Chained { until: now() }, now() + SignedDuration::from_secs(1));
        assert_eq!(is_loaded(&memory, 1, now(), chained).await, Ok(true));
        assert_eq!(is_loaded(&memory, 1, now(), chained).await, Ok(false));
        assert_eq!(is_loaded(&memory, 1, later, Trust::UnknownIssuer).await, Ok(true));
        assert_eq!(is_loaded(&memory, 1, later, Trust::UnknownIssuer).await, Ok(false));
    }

    #[tokio::test]
    async fn a_full_memory_gives_up_the_certificate_that_was_used_longest_ago() {
        let memory = CertMemory::default();
        for id in 0..MAX_CERTS {
            assert_eq!(is_loaded(&memory, id, now(), Trust::Given).await, Ok(true));
        }
        assert_eq!(is_loaded(&memory, 0, now(), Trust::Given).await, Ok(false));
        assert_eq!(is_loaded(&memory, MAX_CERTS, now(), Trust::Given).await, Ok(true));
        assert_eq!(is_loaded(&memory, 0, now(), Trust::Given).await, Ok(false));
        assert_eq!(is_loaded(&memory, 1, now(), Trust::Given).await, Ok(true));
    }

    #[tokio::test]
    async fn loads_under_way_count_until_nobody_waits_for_them() {
        let memory = Arc::new(CertMemory::default());
        let mut waiting = (0..MAX_LOADS)
            .map(|id| {
                let memory = Arc::clone(&memory);
                tokio::spawn(async move { memory.get_or_load(&url(id), now(), pending()).await.map(|_| ()) })
            })
            .collect::<Vec<_>>();
        tokio::task::yield_now().await;
        let paused = Err(Transient::CertFetchPaused.into());
        assert_eq!(is_loaded(&memory, 99, now(), Trust::Given).await, paused);

        let gone = waiting.pop().unwrap();
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        assert_eq!(is_loaded(&memory, 99, now(), Trust::Given).await, Ok(true));
        assert_eq!(memory.lock().loads.len(), MAX_LOADS);
    }

    #[tokio::test]
    async fn a_failure_is_told_again_for_seconds_and_then_forgotten() {
        let memory = CertMemory::default();
        let failure = Refusal::from(Transient::IssuerUnavailable);
        let failed = memory.get_or_load(&url(1), now(), ready(Err(failure.clone()))).await;
        assert_eq!(failed.map(|_| ()), Err(failure.clone()));
        let just_before = now() + PAUSE - SignedDuration::from_nanos(1);
        assert_eq!(is_loaded(&memory, 1, just_before, Trust::Given).await, Err(failure));
        assert_eq!(is_loaded(&memory, 2, just_before, Trust::Given).await, Ok(true));
        assert_eq!(is_loaded(&memory, 1, now() + PAUSE, Trust::Given).await, Ok(true));
        assert_eq!(memory.lock().failures.len(), 0);
    }
}

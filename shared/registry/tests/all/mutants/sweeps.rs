//! Scenes of sweeps: who has the lease, and who writes under it.

use std::time::Duration;

use registry::{Acquired, Filed, Lease, Renewed, Run, RunId, Switch};

use super::scenes::{Played, Stage};
use crate::world::{at, attempt};

impl Stage<'_> {
    pub(super) async fn lease_twice(&self, request: usize) -> Played {
        let other = &self.world.registry;
        let one = attempt("one", 9);
        let two = attempt("two", 9);
        let act = self.acting.acquire(&self.application, &one, LEASE);
        let (other, application) = (other.clone(), self.application.clone());
        let meanwhile = async move { other.acquire(&application, &two, LEASE).await };
        let ((first, second), had_ended) = self.both(request, act, meanwhile).await;
        Played {
            broken: (is_go(&first.unwrap()) && is_go(&second.unwrap())).then(|| "two leases".to_owned()),
            had_ended,
        }
    }

    pub(super) async fn renewing_and_acquiring(&self, request: usize) -> Played {
        let other = &self.world.registry;
        let mut lease = self.lease("first", 0).await;
        let late = attempt("two", 100);
        let act = self.acting.renew(&mut lease, at(100), LEASE);
        let (again, application) = (other.clone(), self.application.clone());
        let meanwhile = async move { again.acquire(&application, &late, LEASE).await };
        let ((first, second), had_ended) = self.both(request, act, meanwhile).await;
        let goes_on = first.unwrap() == Renewed::Renewed;
        Played {
            broken: (goes_on && is_go(&second.unwrap())).then(|| "two leases".to_owned()),
            had_ended,
        }
    }

    pub(super) async fn releasing_and_acquiring(&self, request: usize) -> Played {
        let other = &self.world.registry;
        let lease = self.lease("first", 0).await;
        let late = attempt("two", 100);
        let act = self.acting.release(lease);
        let (again, application) = (other.clone(), self.application.clone());
        let meanwhile = async move { again.acquire(&application, &late, LEASE).await };
        let ((_, second), had_ended) = self.both(request, act, meanwhile).await;
        let third = other.acquire(&self.application, &attempt("three", 100), LEASE).await.unwrap();
        Played {
            broken: (is_go(&second.unwrap()) && is_go(&third)).then(|| "two leases".to_owned()),
            had_ended,
        }
    }

    pub(super) async fn checkpoint_and_acquiring(&self, request: usize) -> Played {
        let other = &self.world.registry;
        let mut lease = self.lease("first", 0).await;
        let (late, run) = (attempt("two", 100), run(1));
        let act = self.acting.checkpoint(&mut lease, &run, at(100), LEASE);
        let (again, application) = (other.clone(), self.application.clone());
        let meanwhile = async move { again.acquire(&application, &late, LEASE).await };
        let ((first, second), had_ended) = self.both(request, act, meanwhile).await;
        let is_filed = first.unwrap() == Filed::Filed;
        Played {
            broken: (is_filed && is_go(&second.unwrap())).then(|| "an overtaken worker wrote".to_owned()),
            had_ended,
        }
    }

    /// Nobody comes in between: the lease is in hand, and its holder goes back a step.
    pub(super) async fn checkpoint_and_earlier_checkpoint(&self) -> Played {
        let other = &self.world.registry;
        let mut lease = self.lease("first", 0).await;
        let (earlier, later) = (run(2), run(3));
        for run in [&later, &earlier] {
            let _ = self.acting.checkpoint(&mut lease, run, at(1), LEASE).await.unwrap();
        }
        let kept = other.run(&self.application, &later.id).await.unwrap();
        Played {
            broken: (kept != Some(later)).then(|| format!("{kept:?}")),
            had_ended: true,
        }
    }

    pub(super) async fn stopping_twice(&self, request: usize) -> Played {
        let other = &self.world.registry;
        let one = attempt("one", 9);
        let two = attempt("two", 9);
        let act = self.acting.stop(&self.application, "one", &one);
        let (other, application) = (other.clone(), self.application.clone());
        let meanwhile = async move { other.stop(&application, "two", &two).await };
        let ((first, second), had_ended) = self.both(request, act, meanwhile).await;
        let answers: [Switch; 2] = [first.unwrap(), second.unwrap()];
        Played {
            broken: (answers[0] != answers[1]).then(|| format!("{answers:?}")),
            had_ended,
        }
    }

    async fn lease(&self, id: &str, second: i64) -> Lease {
        let acquired = self
            .world
            .registry
            .acquire(&self.application, &attempt(id, second), LEASE)
            .await;
        match acquired.unwrap() {
            Acquired::Go(lease) => lease,
            held @ Acquired::Held { .. } => panic!("{held:?}"),
        }
    }
}

fn is_go(acquired: &Acquired) -> bool {
    matches!(acquired, Acquired::Go(_))
}

fn run(step: i64) -> Run {
    Run {
        id: RunId::parse("noon").unwrap(),
        started_at: at(0),
        step,
        phase: "listing".to_owned(),
        next_token: None,
        page: 0,
        counters: [].into(),
        plan_hash: None,
        previous: None,
    }
}

const LEASE: Duration = Duration::from_secs(60);

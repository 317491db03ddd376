//! Scenes of sweeps: who has the lease, and who writes under it.

use std::time::Duration;

use registry::{Acquired, Filed, Lease, Paper, Renewed, Run, RunId, Switch};

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

    pub(super) async fn finish_and_acquiring(&self, request: usize) -> Played {
        let other = &self.world.registry;
        let mut lease = self.lease("first", 0).await;
        let (late, run) = (attempt("two", 100), run(1));
        let act = self.acting.finish(&mut lease, &run, at(100));
        let (again, application) = (other.clone(), self.application.clone());
        let meanwhile = async move { again.acquire(&application, &late, LEASE).await };
        let ((first, second), had_ended) = self.both(request, act, meanwhile).await;
        let has_finished = first.unwrap() == Filed::Filed;
        Played {
            // It had ended before the other one came, or it was lost.
            broken: (has_finished && is_go(&second.unwrap()) && !had_ended).then(|| "an overtaken worker wrote".to_owned()),
            had_ended,
        }
    }

    /// Nobody comes in between, as above.
    pub(super) async fn finish_and_earlier_finish(&self) -> Played {
        let mut lease = self.lease("first", 0).await;
        for step in [3, 2] {
            let _ = self.acting.finish(&mut lease, &run(step), at(1)).await.unwrap();
        }
        let kept = self.world.registry.run(&self.application, &run(3).id).await.unwrap().unwrap();
        Played {
            broken: (kept.step != 3).then(|| format!("{kept:?}")),
            had_ended: true,
        }
    }

    pub(super) async fn keeping_and_later_holder(&self, request: usize) -> Played {
        let (other, application, id) = (&self.world.registry, &self.application, run(1).id);
        let paper = Paper {
            kind: "fleet",
            number: 0,
        };
        let act = self.acting.keep(1, application, &id, paper, &[1], at(1));
        let (again, to, noon) = (other.clone(), application.clone(), id.clone());
        let meanwhile = async move { again.keep(2, &to, &noon, paper, &[2], at(1)).await };
        let (_, had_ended) = self.both(request, act, meanwhile).await;
        let kept = other.kept(application, &id, paper).await.unwrap();
        Played {
            broken: (kept != Some(vec![2])).then(|| format!("{kept:?}")),
            had_ended,
        }
    }

    /// The moment is that of the first.
    pub(super) async fn condemning_twice(&self, request: usize) -> Played {
        let other = &self.world.registry;
        let (one, two) = (attempt("one", 9), attempt("two", 5));
        let endpoint = self.application.endpoint("e");
        let act = self.acting.condemn(&endpoint, &one);
        let (again, arn) = (other.clone(), endpoint.clone());
        let meanwhile = async move { again.condemn(&arn, &two).await };
        let ((first, second), had_ended) = self.both(request, act, meanwhile).await;
        let answers = [first.unwrap(), second.unwrap()];
        Played {
            broken: (answers[0] != answers[1]).then(|| format!("{answers:?}")),
            had_ended,
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

//! Scenes of one row, or two, and of whoever writes on them.

use registry::{Change, Grounds};

use super::scenes::{Played, Scene, Stage};
use crate::world::{arn, at, attempt, done, key, ticket, token};

impl Stage<'_> {
    pub(super) async fn registering_twice(&self, request: usize, scene: Scene) -> Played {
        let phone = self.phone.as_str();
        if let Scene::ConfirmingAndChangingToken = scene {
            self.register(phone, 1, 1).await;
        }
        let act = self.acts(phone, 1, 5);
        let (_, had_ended) = self.both(request, act, self.register(phone, 2, 6)).await;
        self.expect(phone, "live", 2, had_ended).await
    }

    pub(super) async fn sharing_a_token(&self, request: usize) -> Played {
        let (phone, tablet) = (self.phone.as_str(), self.tablet.as_str());
        let act = self.acts(phone, 1, 5);
        let (_, had_ended) = self.both(request, act, self.register(tablet, 1, 6)).await;
        self.expect(tablet, "live", 1, had_ended).await
    }

    pub(super) async fn superseding_and_changing_token(&self, request: usize) -> Played {
        let (phone, tablet) = (self.phone.as_str(), self.tablet.as_str());
        self.register(phone, 1, 1).await;
        let act = self.acts(tablet, 1, 6);
        let (_, had_ended) = self.both(request, act, self.register(phone, 2, 7)).await;
        self.expect(phone, "live", 2, had_ended).await
    }

    pub(super) async fn binding_and_binding(&self, request: usize) -> Played {
        let other = &self.world.registry;
        let (phone, tablet) = (self.phone.as_str(), self.tablet.as_str());
        let one = attempt("one", 9);
        let two = attempt("two", 9);
        let endpoint = arn(&format!("e-{}", self.n));
        let (phone, tablet) = (self.register(phone, 1, 1).await, self.register(tablet, 2, 1).await);
        let act = self.acting.bind(&phone, &endpoint, &one);
        let (other, arn) = (other.clone(), endpoint.clone());
        let meanwhile = async move { done(other.bind(&tablet, &arn, &two).await.unwrap()) };
        let (_, had_ended) = self.both(request, act, meanwhile).await;
        Played { broken: None, had_ended }
    }

    pub(super) async fn binding_and_registering(&self, request: usize) -> Played {
        let other = &self.world.registry;
        let (phone, tablet) = (self.phone.as_str(), self.tablet.as_str());
        let one = attempt("one", 9);
        let two = attempt("two", 9);
        let endpoint = arn(&format!("e-{}", self.n));
        let had = self.register(tablet, 2, 1).await;
        done(other.bind(&had, &endpoint, &two).await.unwrap());
        let seen = self.register(phone, 1, 1).await;
        let act = self.acting.bind(&seen, &endpoint, &one);
        let (_, had_ended) = self.both(request, act, self.register(tablet, 3, 9)).await;
        self.expect(tablet, "live", 3, had_ended).await
    }

    pub(super) async fn unbinding_and_binding(&self, request: usize) -> Played {
        let other = &self.world.registry;
        let (phone, tablet) = (self.phone.as_str(), self.tablet.as_str());
        let one = attempt("one", 9);
        let two = attempt("two", 9);
        let endpoint = arn(&format!("e-{}", self.n));
        let seen = self.register(phone, 1, 1).await;
        let seen = done(other.bind(&seen, &endpoint, &two).await.unwrap());
        let tablet = self.register(tablet, 2, 1).await;
        let act = self.acting.unbind(&seen, &one);
        let (other, arn) = (other.clone(), endpoint.clone());
        let meanwhile = async move { done(other.bind(&tablet, &arn, &two).await.unwrap()) };
        let (_, had_ended) = self.both(request, act, meanwhile).await;
        Played { broken: None, had_ended }
    }

    /// An event names an endpoint that changes hands before it is on record: it says nothing of the device that had it.
    pub(super) async fn disabling_and_binding(&self, request: usize) -> Played {
        let other = &self.world.registry;
        let (one, two) = (attempt("one", 9), attempt("two", 9));
        let endpoint = arn(&format!("e-{}", self.n));
        let phone = self.register(&self.phone, 1, 1).await;
        let phone = done(other.bind(&phone, &endpoint, &two).await.unwrap());
        let tablet = self.register(&self.tablet, 2, 1).await;
        let said = token(&self.token(1));
        let act = self.acting.endpoint_disabled(&endpoint, &said, at(5), &one);
        let (other, arn) = (other.clone(), endpoint.clone());
        let meanwhile = async move { done(other.bind(&tablet, &arn, &two).await.unwrap()) };
        let (_, had_ended) = self.both(request, act, meanwhile).await;
        let phone = self.world.registry.get(&phone.key, at(9)).await.unwrap().unwrap();
        Played {
            broken: (!had_ended && phone.disabled_at.is_some()).then(|| format!("{phone:?}")),
            had_ended,
        }
    }

    pub(super) async fn disabling_and_changing_token(&self, request: usize) -> Played {
        let phone = self.phone.as_str();
        let one = attempt("one", 9);
        self.register(phone, 1, 1).await;
        let phone_key = key(phone);
        let act = self.acting.disabled(&phone_key, at(5), &one);
        let (_, had_ended) = self.both(request, act, self.register(phone, 2, 6)).await;
        self.expect(phone, "live", 2, had_ended).await
    }

    pub(super) async fn enabling_twice(&self, request: usize) -> Played {
        let other = &self.world.registry;
        let phone = self.phone.as_str();
        let one = attempt("one", 9);
        let two = attempt("two", 9);
        let seen = self.register(phone, 1, 1).await;
        let act = self.acting.enabling(&seen, ticket(1), Grounds::Confirmed, &one);
        let (other, device) = (other.clone(), seen.clone());
        let meanwhile = async move { other.enabling(&device, ticket(1), Grounds::Confirmed, &two).await };
        let ((first, second), had_ended) = self.both(request, act, meanwhile).await;
        let is_done = |change| matches!(change, Ok(Change::Done(_)));
        let twice = is_done(first) && is_done(second);
        Played {
            broken: twice.then(|| "enabled twice".to_owned()),
            had_ended,
        }
    }

    pub(super) async fn opting_out_and_confirming(&self, request: usize) -> Played {
        let phone = self.phone.as_str();
        let one = attempt("one", 9);
        self.register(phone, 1, 1).await;
        let phone_key = key(phone);
        let act = self.acting.opt_out(&phone_key, at(5), &one);
        let (_, had_ended) = self.both(request, act, self.register(phone, 1, 6)).await;
        self.expect(phone, "live", 1, had_ended).await
    }

    pub(super) async fn quarantine_and_changing_token(&self, request: usize) -> Played {
        let phone = self.phone.as_str();
        let one = attempt("one", 9);
        let seen = self.register(phone, 1, 1).await;
        let act = self.acting.quarantine(&seen, &one);
        let (_, had_ended) = self.both(request, act, self.register(phone, 2, 6)).await;
        self.expect(phone, "live", 2, had_ended).await
    }

    pub(super) async fn tombstone_and_confirming(&self, request: usize) -> Played {
        let phone = self.phone.as_str();
        let one = attempt("one", 9);
        let seen = self.register(phone, 1, 1).await;
        let act = self.acting.tombstone(&seen, &one);
        let (_, had_ended) = self.both(request, act, self.register(phone, 1, 6)).await;
        self.expect(phone, "live", 1, had_ended).await
    }
}

//! The scenes: one acts, and another comes in between.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use registry::{Application, Change, Device, Registration, Registry};

use super::between::Between;
use super::careless::Careless;
use crate::world::{World, arn, at, attempt, device_key, done, key, registration, registry, string, token};

/// Who acts, and who comes in between.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scene {
    BindingAndBinding,
    BindingAndRegistering,
    CheckpointAndAcquiring,
    CheckpointAndEarlierCheckpoint,
    ConfirmingAndChangingToken,
    DisablingAndBinding,
    DisablingAndChangingToken,
    EnablingTwice,
    LeaseTwice,
    OptingOutAndConfirming,
    QuarantineAndChangingToken,
    RegisteringTwice,
    ReleasingAndAcquiring,
    RenewingAndAcquiring,
    SharingAToken,
    StoppingTwice,
    SupersedingAndChangingToken,
    TombstoneAndConfirming,
    UnbindingAndBinding,
}

/// What became of a scene.
pub(super) struct Played {
    pub(super) broken: Option<String>,
    pub(super) had_ended: bool,
}

/// Devices, tokens and an application that no other play in this world has.
pub(super) struct Stage<'a> {
    pub(super) world: &'a World,
    pub(super) acting: Registry,
    between: Between,
    phone: String,
    tablet: String,
    pub(super) application: Application,
    n: usize,
}

impl<'a> Stage<'a> {
    /// With a client that leaves out the conditions of the rows whose keys begin so.
    pub(super) fn new(world: &'a World, n: usize, careless: Option<&'static str>) -> Self {
        let between = Between::default();
        let mut client = world.client.config().to_builder().interceptor(between.clone());
        if let Some(rows) = careless {
            client = client.interceptor(Careless(rows));
        }
        let acting = registry(&Client::from_conf(client.build()));
        let application = format!("arn:aws:sns:us-east-1:123456789012:app/ADM/Stage-{n}");
        Self {
            world,
            acting,
            between,
            phone: format!("phone-{n}"),
            tablet: format!("tablet-{n}"),
            application: Application::parse(&application).unwrap(),
            n,
        }
    }

    /// On the heap: a scene is a large future, and a test has a small stack.
    pub(super) async fn play(&self, scene: Scene, request: usize) -> Played {
        match scene {
            Scene::RegisteringTwice => Box::pin(self.registering_twice(request, scene)).await,
            Scene::ConfirmingAndChangingToken => Box::pin(self.registering_twice(request, scene)).await,
            Scene::SharingAToken => Box::pin(self.sharing_a_token(request)).await,
            Scene::SupersedingAndChangingToken => Box::pin(self.superseding_and_changing_token(request)).await,
            Scene::BindingAndBinding => Box::pin(self.binding_and_binding(request)).await,
            Scene::BindingAndRegistering => Box::pin(self.binding_and_registering(request)).await,
            Scene::UnbindingAndBinding => Box::pin(self.unbinding_and_binding(request)).await,
            Scene::DisablingAndBinding => Box::pin(self.disabling_and_binding(request)).await,
            Scene::DisablingAndChangingToken => Box::pin(self.disabling_and_changing_token(request)).await,
            Scene::EnablingTwice => Box::pin(self.enabling_twice(request)).await,
            Scene::OptingOutAndConfirming => Box::pin(self.opting_out_and_confirming(request)).await,
            Scene::QuarantineAndChangingToken => Box::pin(self.quarantine_and_changing_token(request)).await,
            Scene::TombstoneAndConfirming => Box::pin(self.tombstone_and_confirming(request)).await,
            Scene::LeaseTwice => Box::pin(self.lease_twice(request)).await,
            Scene::RenewingAndAcquiring => Box::pin(self.renewing_and_acquiring(request)).await,
            Scene::ReleasingAndAcquiring => Box::pin(self.releasing_and_acquiring(request)).await,
            Scene::CheckpointAndAcquiring => Box::pin(self.checkpoint_and_acquiring(request)).await,
            Scene::CheckpointAndEarlierCheckpoint => Box::pin(self.checkpoint_and_earlier_checkpoint()).await,
            Scene::StoppingTwice => Box::pin(self.stopping_twice(request)).await,
        }
    }

    async fn registering_twice(&self, request: usize, scene: Scene) -> Played {
        let phone = self.phone.as_str();
        if let Scene::ConfirmingAndChangingToken = scene {
            self.register(phone, 1, 1).await;
        }
        let act = self.acts(phone, 1, 5);
        let (_, had_ended) = self.both(request, act, self.register(phone, 2, 6)).await;
        self.expect(phone, "live", 2, had_ended).await
    }

    async fn sharing_a_token(&self, request: usize) -> Played {
        let (phone, tablet) = (self.phone.as_str(), self.tablet.as_str());
        let act = self.acts(phone, 1, 5);
        let (_, had_ended) = self.both(request, act, self.register(tablet, 1, 6)).await;
        self.expect(tablet, "live", 1, had_ended).await
    }

    async fn superseding_and_changing_token(&self, request: usize) -> Played {
        let (phone, tablet) = (self.phone.as_str(), self.tablet.as_str());
        self.register(phone, 1, 1).await;
        let act = self.acts(tablet, 1, 6);
        let (_, had_ended) = self.both(request, act, self.register(phone, 2, 7)).await;
        self.expect(phone, "live", 2, had_ended).await
    }

    async fn binding_and_binding(&self, request: usize) -> Played {
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

    async fn binding_and_registering(&self, request: usize) -> Played {
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

    async fn unbinding_and_binding(&self, request: usize) -> Played {
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
    async fn disabling_and_binding(&self, request: usize) -> Played {
        let other = &self.world.registry;
        let (one, two) = (attempt("one", 9), attempt("two", 9));
        let endpoint = arn(&format!("e-{}", self.n));
        let phone = self.register(&self.phone, 1, 1).await;
        let phone = done(other.bind(&phone, &endpoint, &two).await.unwrap());
        let tablet = self.register(&self.tablet, 2, 1).await;
        let act = self.acting.endpoint_disabled(&endpoint, at(5), &one);
        let (other, arn) = (other.clone(), endpoint.clone());
        let meanwhile = async move { done(other.bind(&tablet, &arn, &two).await.unwrap()) };
        let (_, had_ended) = self.both(request, act, meanwhile).await;
        let phone = self.world.registry.get(&phone.key, at(9)).await.unwrap().unwrap();
        Played {
            broken: (!had_ended && phone.disabled_at.is_some()).then(|| format!("{phone:?}")),
            had_ended,
        }
    }

    async fn disabling_and_changing_token(&self, request: usize) -> Played {
        let phone = self.phone.as_str();
        let one = attempt("one", 9);
        self.register(phone, 1, 1).await;
        let phone_key = key(phone);
        let act = self.acting.disabled(&phone_key, at(5), &one);
        let (_, had_ended) = self.both(request, act, self.register(phone, 2, 6)).await;
        self.expect(phone, "live", 2, had_ended).await
    }

    async fn enabling_twice(&self, request: usize) -> Played {
        let other = &self.world.registry;
        let phone = self.phone.as_str();
        let one = attempt("one", 9);
        let two = attempt("two", 9);
        let seen = self.register(phone, 1, 1).await;
        let act = self.acting.enabling(&seen, &one);
        let (other, device) = (other.clone(), seen.clone());
        let meanwhile = async move { other.enabling(&device, &two).await };
        let ((first, second), had_ended) = self.both(request, act, meanwhile).await;
        let is_done = |change| matches!(change, Ok(Change::Done(_)));
        let twice = is_done(first) && is_done(second);
        Played {
            broken: twice.then(|| "enabled twice".to_owned()),
            had_ended,
        }
    }

    async fn opting_out_and_confirming(&self, request: usize) -> Played {
        let phone = self.phone.as_str();
        let one = attempt("one", 9);
        self.register(phone, 1, 1).await;
        let phone_key = key(phone);
        let act = self.acting.opt_out(&phone_key, at(5), &one);
        let (_, had_ended) = self.both(request, act, self.register(phone, 1, 6)).await;
        self.expect(phone, "live", 1, had_ended).await
    }

    async fn quarantine_and_changing_token(&self, request: usize) -> Played {
        let phone = self.phone.as_str();
        let one = attempt("one", 9);
        let seen = self.register(phone, 1, 1).await;
        let act = self.acting.quarantine(&seen, &one);
        let (_, had_ended) = self.both(request, act, self.register(phone, 2, 6)).await;
        self.expect(phone, "live", 2, had_ended).await
    }

    async fn tombstone_and_confirming(&self, request: usize) -> Played {
        let phone = self.phone.as_str();
        let one = attempt("one", 9);
        let seen = self.register(phone, 1, 1).await;
        let act = self.acting.tombstone(&seen, &one);
        let (_, had_ended) = self.both(request, act, self.register(phone, 1, 6)).await;
        self.expect(phone, "live", 1, had_ended).await
    }

    /// What both of two said, of which one came in before a request of the other, counted from 0; and whether that had no such request.
    pub(super) async fn both<A, B: Send + 'static>(
        &self,
        request: usize,
        act: impl Future<Output = A>,
        meanwhile: impl Future<Output = B> + Send + 'static,
    ) -> ((A, B), bool) {
        let said = Arc::new(Mutex::new(None));
        let says = Arc::clone(&said);
        self.between.come(request, async move {
            let second = meanwhile.await;
            *says.lock().unwrap() = Some(second);
        });
        let first = Box::pin(act).await;
        let had_ended = match self.between.leave() {
            Some(meanwhile) => {
                meanwhile.await;
                true
            }
            None => false,
        };
        let second = said.lock().unwrap().take();
        ((first, second.unwrap()), had_ended)
    }

    fn registration(&self, device: &str, token: usize, second: i64) -> Registration {
        registration(device, &self.token(token), second)
    }

    fn token(&self, token: usize) -> String {
        format!("t{token}-{}", self.n)
    }

    /// Registers with the careful client.
    fn register(&self, device: &str, token: usize, second: i64) -> impl Future<Output = Device> + Send + use<> {
        let registration = self.registration(device, token, second);
        let registry = self.world.registry.clone();
        async move { registry.register(&registration, &attempt("two", 9)).await.unwrap().device }
    }

    /// Registers with the client that may be careless.
    async fn acts(&self, device: &str, token: usize, second: i64) {
        let registration = self.registration(device, token, second);
        let _ = self.acting.register(&registration, &attempt("one", 9)).await.unwrap();
    }

    async fn expect(&self, device: &str, state: &str, token_number: usize, had_ended: bool) -> Played {
        let rows = self.world.rows().await;
        let row = &rows[&device_key(device)];
        let is_so = string(row, "state") == state && string(row, "token") == token(&self.token(token_number)).as_str();
        Played {
            broken: (!is_so).then(|| format!("{row:?}")),
            had_ended,
        }
    }
}

//! The stage: one acts, and another comes in between.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use registry::{Application, Device, Registration, Registry};

use super::between::Between;
use super::careless::Careless;
use crate::world::{World, attempt, device_key, registration, registry, string, token};

/// Who acts, and who comes in between.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scene {
    BindingAndBinding,
    BindingAndRegistering,
    CheckpointAndAcquiring,
    CheckpointAndEarlierCheckpoint,
    CondemningTwice,
    ConfirmingAndChangingToken,
    Deciding(Decision),
    DisablingAndBinding,
    DisablingAndChangingToken,
    EnablingTwice,
    EndingAndInheriting,
    FinishAndAcquiring,
    FinishAndEarlierFinish,
    KeepingAndLaterHolder,
    LateAndChangingToken,
    LeaseTwice,
    LosingAndChangingToken,
    OptingOutAndConfirming,
    QuarantineAndChangingToken,
    RegisteringTwice,
    ReleasingAndAcquiring,
    RenewingAndAcquiring,
    SharingAToken,
    StoppingTwice,
    SupersedingAndChangingToken,
    TakingAndLeaving,
    TombstoneAndConfirming,
    UnbindingAndBinding,
}

/// What somebody makes of a row that was seen.
#[derive(Clone, Copy, Debug)]
pub(super) enum Decision {
    Ended,
    NotEnabled,
    NoteDisabled,
    NoteEnabled,
    SlotConflict,
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
    pub(super) phone: String,
    pub(super) tablet: String,
    pub(super) application: Application,
    pub(super) n: usize,
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
            Scene::Deciding(decision) => Box::pin(self.deciding_and_changing_token(request, decision)).await,
            Scene::EndingAndInheriting => Box::pin(self.ending_and_inheriting(request)).await,
            Scene::TakingAndLeaving => Box::pin(self.taking_and_leaving(request)).await,
            Scene::LosingAndChangingToken => Box::pin(self.losing_and_changing_token(request)).await,
            Scene::LateAndChangingToken => Box::pin(self.late_and_changing_token(request)).await,
            Scene::CondemningTwice => Box::pin(self.condemning_twice(request)).await,
            Scene::KeepingAndLaterHolder => Box::pin(self.keeping_and_later_holder(request)).await,
            Scene::FinishAndAcquiring => Box::pin(self.finish_and_acquiring(request)).await,
            Scene::FinishAndEarlierFinish => Box::pin(self.finish_and_earlier_finish()).await,
            Scene::StoppingTwice => Box::pin(self.stopping_twice(request)).await,
        }
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

    pub(super) fn registration(&self, device: &str, token: usize, second: i64) -> Registration {
        registration(device, &self.token(token), second)
    }

    pub(super) fn token(&self, token: usize) -> String {
        format!("t{token}-{}", self.n)
    }

    /// Registers with the careful client.
    pub(super) fn register(&self, device: &str, token: usize, second: i64) -> impl Future<Output = Device> + Send + use<> {
        let registration = self.registration(device, token, second);
        let registry = self.world.registry.clone();
        async move { registry.register(&registration, &attempt("two", 9)).await.unwrap().device }
    }

    /// Registers with the client that may be careless.
    pub(super) async fn acts(&self, device: &str, token: usize, second: i64) {
        let registration = self.registration(device, token, second);
        let _ = self.acting.register(&registration, &attempt("one", 9)).await.unwrap();
    }

    pub(super) async fn expect(&self, device: &str, state: &str, token_number: usize, had_ended: bool) -> Played {
        let rows = self.world.rows().await;
        let row = &rows[&device_key(device)];
        let is_so = string(row, "state") == state && string(row, "token") == token(&self.token(token_number)).as_str();
        Played {
            broken: (!is_so).then(|| format!("{row:?}")),
            had_ended,
        }
    }
}

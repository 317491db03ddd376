//! Scenes of what goes with a token, and of decisions on what was seen of it.

use std::collections::BTreeSet;

use registry::{Grounds, Registration};

use super::scenes::{Decision, Played, Stage};
use crate::world::{at, attempt, done, recorded, texts, ticket};

impl Stage<'_> {
    pub(super) async fn deciding_and_changing_token(&self, request: usize, decision: Decision) -> Played {
        let (other, phone) = (&self.world.registry, self.phone.as_str());
        let (one, two) = (attempt("one", 9), attempt("two", 2));
        self.says(phone, 1, 1, "news").await;
        let seen = self.world.device(phone).await;
        let seen = done(other.enabling(&seen, ticket(1), Grounds::Confirmed, &two).await.unwrap());
        let seen = recorded(other.disabled(&seen.key, at(3), &two).await.unwrap());
        let (acting, news) = (&self.acting, BTreeSet::from(["news".to_owned()]));
        let act = async {
            match decision {
                Decision::Ended => acting.ended(&seen, &news, &one).await,
                Decision::NotEnabled => acting.not_enabled(&seen, None, &one).await,
                Decision::NoteDisabled => acting.note_disabled(&seen, at(5), true, &one).await,
                Decision::NoteEnabled => acting.note_enabled(&seen, &one).await,
                Decision::SlotConflict => acting.slot_conflict(&seen, &one).await,
            }
        };
        let (_, had_ended) = self.both(request, act, self.register(phone, 2, 6)).await;
        self.expect(phone, "live", 2, had_ended).await
    }

    /// What is inherited in between is neither ended nor forgotten.
    pub(super) async fn ending_and_inheriting(&self, request: usize) -> Played {
        let (phone, tablet) = (self.phone.as_str(), self.tablet.as_str());
        let (one, news) = (attempt("one", 9), BTreeSet::from(["news".to_owned()]));
        self.says(phone, 1, 1, "weather").await;
        self.says(tablet, 2, 1, "news").await;
        let seen = self.world.device(tablet).await;
        let act = self.acting.ended(&seen, &news, &one);
        let (_, had_ended) = self.both(request, act, self.register(tablet, 1, 6)).await;
        let left = self.to_end().await;
        Played {
            broken: (left != ["weather"]).then(|| format!("{left:?}")),
            had_ended,
        }
    }

    /// The device that has the token has another one before the token is taken: what was known of it is nowhere but in its claim.
    pub(super) async fn taking_and_leaving(&self, request: usize) -> Played {
        let (phone, tablet) = (self.phone.as_str(), self.tablet.as_str());
        let seen = self.register(phone, 1, 1).await;
        recorded(
            self.world
                .registry
                .disabled(&seen.key, at(2), &attempt("event", 2))
                .await
                .unwrap(),
        );
        let act = self.acts(tablet, 1, 6);
        let (_, had_ended) = self.both(request, act, self.register(phone, 2, 7)).await;
        let tablet = self.world.device(tablet).await;
        Played {
            broken: (tablet.disabled_at != Some(at(2))).then(|| format!("{tablet:?}")),
            had_ended,
        }
    }

    /// A device that comes too late for a token hands its subscriptions over to the one that has it.
    pub(super) async fn losing_and_changing_token(&self, request: usize) -> Played {
        let (phone, tablet) = (self.phone.as_str(), self.tablet.as_str());
        self.says(phone, 1, 1, "news").await;
        self.register(tablet, 2, 8).await;
        let act = self.acts(phone, 2, 5);
        let (_, had_ended) = self.both(request, act, self.register(tablet, 3, 9)).await;
        self.expect_to_end(tablet, 3, had_ended).await
    }

    /// A device has had a token later than the one that has it, and has another one by now.
    pub(super) async fn late_and_changing_token(&self, request: usize) -> Played {
        let (phone, tablet) = (self.phone.as_str(), self.tablet.as_str());
        self.register(phone, 2, 8).await;
        self.says(tablet, 1, 3, "news").await;
        let act = self.acts(phone, 1, 5);
        let (_, had_ended) = self.both(request, act, self.register(phone, 3, 9)).await;
        self.expect_to_end(phone, 3, had_ended).await
    }

    /// It is live with that token, and somebody has the news to end.
    async fn expect_to_end(&self, device: &str, token: usize, had_ended: bool) -> Played {
        let played = self.expect(device, "live", token, had_ended).await;
        let left = self.to_end().await;
        let forgotten = (left != ["news"]).then(|| format!("{left:?}"));
        Played {
            broken: played.broken.or(forgotten),
            ..played
        }
    }

    /// With the careful client, and a subscription.
    async fn says(&self, device: &str, token: usize, second: i64, subscription: &str) {
        let registration = Registration {
            subscriptions: Some([subscription.to_owned()].into()),
            ..self.registration(device, token, second)
        };
        let attempt = attempt("two", 9);
        let _ = self.world.registry.register(&registration, &attempt).await.unwrap();
    }

    /// What is left to be ended on the rows of this stage.
    async fn to_end(&self) -> Vec<String> {
        let rows = self.world.rows().await;
        let is_here = |key: &str| [&self.phone, &self.tablet].iter().any(|id| key.ends_with(&format!("#{id}")));
        let rows = rows.iter().filter(|(key, _)| is_here(key));
        rows.flat_map(|(_, row)| texts(row, "inherited")).collect()
    }
}

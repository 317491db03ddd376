//! A request whose process is killed at any of its waits: the same request again, or the next one, ends where it would have ended.

use sandbox::kill::killed_after;
use sandbox::sns_api::push::{TakenToken, Undocumented};

use crate::world::{APP, World};

/// What is there before, of a phone that is going to register `t2` and a tablet.
#[derive(Clone, Copy, Debug)]
enum Before {
    Nothing,
    /// An endpoint that nobody knows, disabled.
    Adopted,
    /// The phone's endpoint, with the same token, disabled.
    Disabled,
    /// The phone's endpoint, with another token, disabled.
    OtherToken,
    /// The phone's own endpoint is gone.
    Gone,
    /// The tablet has the token, and an endpoint.
    Superseding,
    /// The phone's own endpoint, and another one that has the token already.
    Elsewhere,
}

impl Before {
    const ALL: [Self; 7] = [
        Self::Nothing,
        Self::Adopted,
        Self::Disabled,
        Self::OtherToken,
        Self::Gone,
        Self::Superseding,
        Self::Elsewhere,
    ];

    async fn world(self) -> World {
        let world = World::start().await;
        world.push.set_undocumented(Undocumented {
            taken_token: TakenToken::Refused,
            ..Undocumented::default()
        });
        let first = match self {
            Self::Disabled => Some("t2"),
            Self::OtherToken | Self::Gone | Self::Elsewhere => Some("t1"),
            Self::Nothing | Self::Adopted | Self::Superseding => None,
        };
        if let Some(token) = first {
            let endpoint = world.put("phone", token).await.body["endpoint"].as_str().unwrap().to_owned();
            world.push.enable(&endpoint, false);
            if matches!(self, Self::Gone) {
                world.push.delete(&endpoint);
            }
        }
        match self {
            Self::Superseding => {
                world.put("tablet", "t2").await;
            }
            Self::Adopted | Self::Elsewhere => {
                world.push.put(APP, "t2", false, "somebody").unwrap();
            }
            Self::Nothing | Self::Disabled | Self::OtherToken | Self::Gone => {}
        }
        world.pass(60);
        world
    }

    /// Only an endpoint that has the token, and was to be enabled, is left as it is: whether it was, nobody knows.
    fn may_be_left_disabled(self) -> bool {
        matches!(self, Self::Disabled | Self::Adopted | Self::Elsewhere)
    }
}

#[tokio::test]
async fn whoever_comes_after_a_crash_finishes_what_was_begun() {
    for before in Before::ALL {
        let mut kills = 0;
        for waits in 0.. {
            let world = before.world().await;
            let at = world.now();
            let ended = killed_after(waits, world.put_at("phone", "t2", at)).await;

            let again = world.put_at("phone", "t2", at).await;
            let met = format!("{before:?} killed after {waits}: {again}");
            assert_eq!((again.status, again.body["state"].as_str()), (200, Some("live")), "{met}");
            let wrong = world.wrong(&["phone", "tablet"]).await;
            match again.body["leftDisabled"].as_str() {
                None => assert_eq!(wrong, [""; 0], "{met}"),
                Some(left) => {
                    // Whose it is said to be is mended along with enabling it.
                    let is_disabled = |wrong: &String| {
                        wrong == "the endpoint of phone is disabled" || wrong == "the endpoint of phone is said to be another's"
                    };
                    let is_known = matches!(left, "already_enabled" | "disabled_unseen");
                    assert!(is_known && wrong.iter().all(is_disabled), "{met} {wrong:?}");
                    assert!(before.may_be_left_disabled() && ended.is_none(), "{met}");
                }
            }
            world.pass(1);
            let next = world.put("phone", "t2").await;
            assert_eq!(next.body["enabled"], true, "{met}");
            assert_eq!(world.wrong(&["phone", "tablet"]).await, [""; 0], "{met}");
            if ended.is_some() {
                break;
            }
            kills += 1;
        }
        assert!(kills >= 5, "{before:?}: {kills}");
    }
}

#[tokio::test]
async fn an_opt_out_that_is_killed_is_finished_by_the_next() {
    for waits in 0.. {
        let world = World::start().await;
        world.put("phone", "t1").await;
        world.pass(60);
        let ended = killed_after(waits, world.delete("phone")).await;
        let again = world.delete("phone").await;
        assert_eq!(
            (again.status, again.body["enabled"].as_bool()),
            (200, Some(false)),
            "killed after {waits}: {again}"
        );
        assert_eq!(world.wrong(&["phone"]).await, [""; 0]);
        if ended.is_some() {
            assert!(waits > 3, "{waits}");
            break;
        }
    }
}

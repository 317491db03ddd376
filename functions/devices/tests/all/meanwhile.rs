//! What others do while a request waits, at each of its waits: in the end SNS has what the registry says.

use registry::State;
use sandbox::kill::interrupted_after;
use sandbox::sns_api::push::{TakenToken, Undocumented};
use serde_json::json;

use crate::world::{APP, Answer, World};

/// What comes in between.
#[derive(Clone, Copy, Debug)]
enum Between {
    /// Another device registers the same token, later.
    Supersedes,
    /// The device itself registers another token, later.
    OtherToken,
    /// The same, with another owner.
    OtherOwner,
    /// Its user opts out.
    OptsOut,
    /// Its user opts out and changes his mind.
    OptsOutAndIn,
    /// Somebody deletes all endpoints.
    Deletes,
    /// Another device registers the token that the device had until now.
    TakesTheFormer,
}

impl Between {
    const ALL: [Self; 7] = [
        Self::Supersedes,
        Self::OtherToken,
        Self::OtherOwner,
        Self::OptsOut,
        Self::OptsOutAndIn,
        Self::Deletes,
        Self::TakesTheFormer,
    ];

    /// What the other request is answered, if it is one.
    async fn happen(self, world: &World) -> Option<Answer> {
        world.pass(1);
        Some(match self {
            Self::Supersedes => world.put("tablet", "t2").await,
            Self::OtherToken => world.put("phone", "t3").await,
            Self::OtherOwner => {
                let body = json!({"application": APP, "token": "t2", "owner": "Zoë"});
                world.put_body("phone", &body).await
            }
            Self::OptsOut => world.delete("phone").await,
            Self::OptsOutAndIn => {
                world.delete("phone").await;
                world.pass(1);
                world.put("phone", "t2").await
            }
            Self::Deletes => {
                for endpoint in world.push.endpoints(APP) {
                    world.push.delete(&endpoint.arn);
                }
                return None;
            }
            Self::TakesTheFormer => world.put("tablet", "t1").await,
        })
    }
}

/// Of those who have lost the race to a slot of SNS's: the endpoint that the tablet's token once made has the phone's token by now.
fn is_slot_conflict(answer: Option<&Answer>) -> bool {
    answer.is_some_and(|answer| answer.in_brief() == "409 slot-conflict")
}

/// A phone that has no endpoint; one whose endpoint has another token and is disabled, or has the same.
const FORMER: [Option<&str>; 3] = [None, Some("t1"), Some("t2")];

#[tokio::test]
async fn whatever_happens_while_a_device_registers_the_registrys_word_stands_at_sns() {
    for taken_token in [TakenToken::Refused, TakenToken::Duplicates] {
        for former in FORMER {
            for between in Between::ALL {
                for waits in 0.. {
                    let world = World::start().await;
                    world.push.set_undocumented(Undocumented {
                        taken_token,
                        ..Undocumented::default()
                    });
                    if let Some(token) = former {
                        let endpoint = world.put("phone", token).await.body["endpoint"].as_str().unwrap().to_owned();
                        world.push.enable(&endpoint, false);
                    }
                    world.pass(60);
                    let work = world.put_at("phone", "t2", world.now());
                    let mut other = None;
                    let meanwhile = async { other = between.happen(&world).await };
                    let (answer, had_ended) = interrupted_after(waits, work, meanwhile).await;
                    let met = format!("{taken_token:?} {former:?} {between:?} after {waits}: {answer}");
                    if had_ended {
                        break;
                    }
                    assert!(matches!(answer.status, 200), "{met}");
                    if matches!(between, Between::Deletes) {
                        // Later than anybody looked: the next registration makes it good.
                        world.pass(1);
                        world.put("phone", "t2").await;
                    }
                    let devices: &[&str] = match is_slot_conflict(other.as_ref()) {
                        true => &["phone"],
                        false => &["phone", "tablet"],
                    };
                    let mut wrong = world.wrong(devices).await;
                    if taken_token == TakenToken::Duplicates {
                        // SNS gave the phone's former endpoint a token that the tablet's had already. It is nobody's, and for the sweep.
                        wrong.retain(|wrong| wrong != "two endpoints have t2");
                    }
                    assert_eq!(wrong, [""; 0], "{met}\n{}", world.endpoints());
                }
            }
        }
    }
}

#[tokio::test]
async fn whatever_happens_while_a_device_opts_out() {
    for between in Between::ALL {
        for waits in 0.. {
            let world = World::start().await;
            world.put("phone", "t2").await;
            world.pass(60);
            let (answer, had_ended) = interrupted_after(waits, world.delete("phone"), between.happen(&world)).await;
            let met = format!("{between:?} after {waits}: {answer}");
            if had_ended {
                break;
            }
            assert_eq!(answer.status, 200, "{met}");
            assert_eq!(
                world.wrong(&["phone", "tablet"]).await,
                [""; 0],
                "{met}\n{}",
                world.endpoints()
            );
            let state = world.row("phone").await.state;
            assert!(matches!(state, State::Live | State::OptedOut | State::Superseded), "{met}");
        }
    }
}

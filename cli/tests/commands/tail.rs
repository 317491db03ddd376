//! `firepost tail`, against a local stack.

use firepost::HandOn;
use serde_json::Value;

use crate::world::{Said, World, advance, now};

/// Triggers a purchase, a late event of it, an order and an odd one, and hands them on.
async fn four_handed_on(world: &World) {
    for arguments in [
        "rtn SUBSCRIPTION_RENEWED --seed a",
        "rtn SUBSCRIPTION_IN_GRACE_PERIOD --seed a --late 2h",
        "drs OrderPlacedNotification --seed a",
        "drs OrderPlacedNotification --wire v1 --seed b --quirk surplus-bracket --route lambda",
    ] {
        let said = world.firepost(&format!("trigger {arguments} --at {}", now())).await;
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert_eq!(world.stack.hand_on_now().await.unwrap(), []);
        advance(jiff::SignedDuration::from_secs(1));
    }
}

#[tokio::test]
async fn events_are_told_a_line_each_with_what_is_odd_about_them() {
    let world = World::new().await;
    four_handed_on(&world).await;
    insta::assert_snapshot!(world.firepost("tail --all --limit 4").await.out, @"
    2100-01-01 00:00:00  rtn  SUBSCRIPTION_RENEWED              -         rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11  9ffbff8960f16c97e17664074811d04b  1-f4865700-fefe3fe859951de97129edf9
    2100-01-01 00:00:01  rtn  SUBSCRIPTION_IN_GRACE_PERIOD      late      rtn#com.example.stargazer#eVMnUZC4H2vi6e9hpWHzmn8h1kEixMLMO8oXEPYkENU=:3:11  c043ad3e1ab10577111ca4c8542dcd68  1-f4865701-110504af6f3e7c5c328aeb8e
    2100-01-01 00:00:02  drs  OrderPlacedNotification           -         drs#WM-1DF85665C0A8B4A0  ca6fbe23ee08e3149393bf15705551c8  1-f4865702-22bb930cbc1f42f6538bab9e
    2100-01-01 00:00:03  drs  OrderPlacedNotification           repaired  drs#WM-91FE7770DB7CBA44  a4cb68dde7e526db5efba654042d34ee  1-f4865703-7c8f66c57ae396858b70c5ef
    ");
}

#[tokio::test]
async fn as_json_an_event_is_what_was_published() {
    let world = World::new().await;
    four_handed_on(&world).await;
    let said = world.firepost("tail --all --limit 4 --json").await;
    let published = world.stack.api.published();
    let bodies = published.iter().map(|published| published.message.as_str());
    assert_eq!(said.out.lines().collect::<Vec<_>>(), bodies.collect::<Vec<_>>());
    for line in said.out.lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
}

#[tokio::test]
async fn only_what_is_asked_for_is_told() {
    let world = World::new().await;
    four_handed_on(&world).await;
    for (arguments, types) in [
        ("--source rtn --limit 2", "SUBSCRIPTION_RENEWED SUBSCRIPTION_IN_GRACE_PERIOD"),
        ("--source drs --limit 2", "OrderPlacedNotification OrderPlacedNotification"),
        (
            "--type SUBSCRIPTION_IN_GRACE_PERIOD --limit 1",
            "SUBSCRIPTION_IN_GRACE_PERIOD",
        ),
        (
            "--source drs --type OrderPlacedNotification --limit 1",
            "OrderPlacedNotification",
        ),
    ] {
        let said = world.firepost(&format!("tail --all --json {arguments}")).await;
        let kinds = said.out.lines().map(|line| {
            let event = serde_json::from_str::<Value>(line).unwrap();
            event["type"].as_str().unwrap().to_owned()
        });
        assert_eq!(kinds.collect::<Vec<_>>().join(" "), types, "{arguments}");
    }
}

#[tokio::test]
async fn it_waits_for_what_comes_next() {
    let world = World::with(|options| options.hand_on = HandOn::Automatically).await;
    let trigger = format!("trigger rtn SUBSCRIPTION_RENEWED --seed a --at {}", now());
    let (told, sent) = tokio::join!(world.firepost("tail --all --json --limit 1"), world.firepost(&trigger));
    assert_eq!((told.code, sent.code), (Some(0), Some(0)), "{}", told.err);
    assert_eq!(told.out.lines().count(), 1);
}

#[tokio::test]
async fn where_there_is_no_stack_it_says_so_and_wrong_usage_is_told() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = crate::world::firepost(&format!("tail --stack http://{gone}")).await;
    let sentence = format!("no local stack answers at http://{gone}; start one with `firepost`, or say where with --stack");
    assert_eq!(
        said,
        Said {
            code: Some(2),
            out: String::new(),
            err: format!("firepost: {sentence}\n")
        }
    );
    let mut told = String::new();
    for arguments in ["--limit 0", "--limit some", "--source adm"] {
        let said = crate::world::firepost(&format!("tail {arguments}")).await;
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{arguments}");
        told += &format!("tail {arguments}\n  {}\n", said.err.lines().next().unwrap_or_default());
    }
    insta::assert_snapshot!(told, @"
    tail --limit 0
      error: invalid value '0' for '--limit <N>': 0 is not in 1..=4294967295
    tail --limit some
      error: invalid value 'some' for '--limit <N>': invalid digit found in string
    tail --source adm
      error: invalid value 'adm' for '--source <SOURCE>'
    ");
}

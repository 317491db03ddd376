//! The one time that an endpoint may be enabled, and what was seen of it.

use registry::{Change, Device, Grounds, Noted, Refusal, Ticket};

use crate::world::{World, arn, at, attempt, device_key, done, recorded, string, ticket, token};

#[tokio::test]
async fn an_endpoint_is_enabled_once_for_each_confirmation() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    let registry = &world.registry;
    let enabling = |seen: &Device, id: &'static str, second| {
        let seen = seen.clone();
        async move {
            let attempt = attempt(id, second);
            registry
                .enabling(&seen, ticket(7), Grounds::Confirmed, &attempt)
                .await
                .unwrap()
        }
    };

    let enabled = done(enabling(&seen, "sweep", 2).await);
    assert_eq!((enabled.enables_since_confirm, enabled.enabled_at), (1, Some(at(2))));
    assert_eq!(enabled.ticket, Some(Ticket { run: 1, number: 7 }));
    assert_eq!(string(&world.rows().await[&device_key("phone")], "ticket"), "1.7");
    assert_eq!(enabling(&enabled, "sweep", 3).await, Change::Refused(Refusal::AlreadyEnabled));
    // Another one, who has seen what the first one saw.
    let other = enabling(&seen, "other", 2).await;
    assert_eq!(other, Change::Overtaken(Some(enabled)));

    let confirmed = world.register("phone", "t1", 4).await.device;
    assert_eq!((confirmed.ticket, confirmed.enabled_at), (None, Some(at(2))));
    assert_eq!(done(enabling(&confirmed, "sweep", 5).await).enabled_at, Some(at(5)));
}

#[tokio::test]
async fn a_recovery_enables_it_whatever_was_counted_and_counts() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    let mut seen = world.enable(&seen, 2).await;
    for count in 2..=3 {
        let enabling = world
            .registry
            .enabling(&seen, ticket(count), Grounds::Recovery, &attempt("sweep", 3))
            .await;
        seen = done(enabling.unwrap());
        assert_eq!(
            (u64::from(seen.enables_since_confirm), seen.ticket),
            (count, Some(ticket(count)))
        );
    }
}

#[tokio::test]
async fn what_was_known_when_it_is_enabled_is_old_news_from_then_on() {
    let world = World::new().await;
    let registry = &world.registry;
    world.with_endpoint("phone", "t1", 1, "a").await;
    // By SNS's clock, which is ahead of the sweep's.
    let seen = recorded(
        registry
            .endpoint_disabled(&arn("a"), &token("t1"), at(5), &attempt("event", 5))
            .await
            .unwrap(),
    );

    let seen = world.enable(&seen, 4).await;

    assert_eq!((seen.disabled_at, seen.enabled_at), (None, Some(at(5))));
    for second in [3, 5] {
        let again = registry
            .endpoint_disabled(&arn("a"), &token("t1"), at(second), &attempt("event", 6))
            .await;
        assert_eq!(again.unwrap(), Noted::Known(seen.clone()));
    }
    let news = registry
        .endpoint_disabled(&arn("a"), &token("t1"), at(6), &attempt("event", 6))
        .await
        .unwrap();
    let news = recorded(news);
    assert_eq!((news.disabled_at, news.disabled_again), (Some(at(6)), 1));
}

#[tokio::test]
async fn a_clock_that_is_slow_does_not_set_the_moment_back() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    world.enable(&seen, 5).await;
    let confirmed = world.register("phone", "t1", 6).await.device;

    assert_eq!(world.enable(&confirmed, 4).await.enabled_at, Some(at(5)));
}

#[tokio::test]
async fn what_sns_has_not_done_is_taken_back_and_what_was_heard_meanwhile_is_kept() {
    for (heard, disabled_at) in [(None, Some(at(2))), (Some(6), Some(at(6)))] {
        let world = World::new().await;
        let registry = &world.registry;
        world.with_endpoint("phone", "t1", 1, "a").await;
        let before = recorded(
            registry
                .endpoint_disabled(&arn("a"), &token("t1"), at(2), &attempt("e", 2))
                .await
                .unwrap(),
        );
        let mut seen = world.enable(&before, 4).await;
        if let Some(second) = heard {
            seen = recorded(
                registry
                    .endpoint_disabled(&arn("a"), &token("t1"), at(second), &attempt("e", second))
                    .await
                    .unwrap(),
            );
        }

        let back = registry.not_enabled(&seen, before.disabled_at, &attempt("sweep", 7)).await;

        let back = done(back.unwrap());
        assert_eq!((back.enables_since_confirm, back.ticket, back.enabled_at), (0, None, None));
        assert_eq!(back.disabled_at, disabled_at);
        // The permission is there again.
        world.enable(&back, 8).await;
    }
}

#[tokio::test]
async fn nothing_is_taken_back_from_a_confirmation_that_came_in_between() {
    let world = World::new().await;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    let counted = world.enable(&seen, 2).await;
    let confirmed = world.register("phone", "t1", 3).await.device;

    let back = world.registry.not_enabled(&counted, Some(at(1)), &attempt("sweep", 4)).await;

    assert_eq!(back.unwrap(), Change::Overtaken(Some(confirmed)));
}

#[tokio::test]
async fn what_was_seen_of_an_endpoint_is_noted_on_the_row_that_was_seen() {
    let world = World::new().await;
    let registry = &world.registry;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;

    let noted = done(
        registry
            .note_disabled(&seen, at(9), false, &attempt("sweep", 9))
            .await
            .unwrap(),
    );
    assert_eq!((noted.disabled_at, noted.disabled_again), (Some(at(9)), 0));
    let stale = noted.clone();
    // It is a decision: whatever is on record.
    let noted = done(
        registry
            .note_disabled(&noted, at(8), true, &attempt("sweep", 9))
            .await
            .unwrap(),
    );
    assert_eq!((noted.disabled_at, noted.disabled_again), (Some(at(8)), 1));
    let same = registry
        .note_disabled(&noted, at(8), false, &attempt("sweep", 10))
        .await
        .unwrap();
    assert_eq!(done(same), noted);
    for change in [
        registry.note_disabled(&seen, at(9), false, &attempt("sweep", 9)).await,
        registry.note_enabled(&stale, &attempt("sweep", 9)).await,
    ] {
        assert_eq!(change.unwrap(), Change::Overtaken(Some(noted.clone())));
    }

    let clear = done(registry.note_enabled(&noted, &attempt("sweep", 11)).await.unwrap());
    assert_eq!((clear.disabled_at, clear.disabled_again), (None, 1));
    assert_eq!(
        done(registry.note_enabled(&clear, &attempt("sweep", 12)).await.unwrap()),
        clear
    );
}

#[tokio::test]
async fn an_event_that_comes_twice_is_not_counted_again_after_the_endpoint_was_seen_enabled() {
    let world = World::new().await;
    let registry = &world.registry;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    world.enable(&seen, 2).await;
    let event = async || {
        registry
            .endpoint_disabled(&arn("a"), &token("t1"), at(3), &attempt("event", 3))
            .await
            .unwrap()
    };
    let disabled = recorded(event().await);
    assert_eq!(disabled.disabled_again, 1);

    let clear = done(registry.note_enabled(&disabled, &attempt("sweep", 4)).await.unwrap());

    assert_eq!(event().await, Noted::Known(clear));
}

#[tokio::test]
async fn the_token_of_a_new_endpoint_is_disabled_for_the_first_time_and_not_again() {
    let world = World::new().await;
    let registry = &world.registry;
    let seen = world.with_endpoint("phone", "t1", 1, "a").await;
    let ticket = Ticket { run: 1, number: 1 };
    let count = async |seen: &Device| {
        let attempt = attempt("devices", 2);
        registry.enabling(seen, ticket, Grounds::Provided, &attempt).await.unwrap()
    };

    let counted = done(count(&seen).await);
    assert_eq!((counted.enables_since_confirm, counted.enabled_at), (1, None));
    assert_eq!(count(&counted).await, Change::Refused(Refusal::AlreadyEnabled));

    let disabled = registry
        .endpoint_disabled(&arn("a"), &token("t1"), at(3), &attempt("event", 3))
        .await;
    let disabled = recorded(disabled.unwrap());
    assert_eq!((disabled.disabled_at, disabled.disabled_again), (Some(at(3)), 0));
}

//! The tour, as a newcomer plays it: the command itself, in a process of its own.

use std::process::Command;

use insta::assert_snapshot;

#[test]
fn the_tour_ends_with_every_outcome_as_expected_and_exit_code_0() {
    let tour = Command::new(env!("CARGO_BIN_EXE_firepost"))
        .arg("--tour-only")
        .output()
        .unwrap();

    assert_eq!(
        (tour.status.code(), String::from_utf8(tour.stderr).unwrap()),
        (Some(0), String::new())
    );
    let text = String::from_utf8(tour.stdout).unwrap();
    assert!(README.contains(&text), "README.md shows another tour");
    assert_snapshot!(text, @"
    The tour
      1. SNS asks whether this endpoint wants the subscription           200 subscription_confirmed
      2. SUBSCRIPTION_PURCHASED arrives, signed by SNS                   200 recorded
      3. the same delivery arrives again                                 200 duplicate
      4. somebody else signs a purchase of their own                     403 refused: signature_mismatch
      5. SNS signs a message of another account's topic                  403 refused: topic_not_admitted
      6. SNS signs a message that nobody can read: kept                  200 quarantined: not_json
      7. SUBSCRIPTION_RENEWED arrives, with signature version 2          200 recorded
      8. SUBSCRIPTION_IN_GRACE_PERIOD arrives, older than the renewal    200 recorded
      9. the record of this purchase                                     PURCHASED, IN_GRACE_PERIOD (late), RENEWED; state: active
     10. a device's OrderPlaced arrives over HTTPS, in version 1.0       200 recorded
     11. the same order in version 2.0, SNS invoking the function        200 recorded
     12. both as read, apart from version, notification id and ASIN      one and the same event
     13. another account's topic invokes the function                    200 function_error: topic_not_admitted
     14. all that was recorded is handed on to the topic `events`        5 of 5 events, each once; late: 1
     15. the purchase is replayed, for a consumer that lost it           3 of 3 again, under the same event ids
     16. the same replay once more                                       nothing: this replay had them before
     17. a message is sent to the subscribers of the topic `news`        200 sent; 1 post to ADM
     18. the same message under the same key again                       200 replayed; 1 post to ADM
     19. another message under that key                                  422 idempotency-key-reused; 0 posts to ADM
     20. ADM answers 429 with Retry-After: 1, which is waited out        200 sent; 2 posts to ADM
     21. ADM takes a message, and its answer is lost on the way          504 outcome-unknown; 1 post to ADM
     22. the same again: nothing is sent, it might be delivered twice    504 outcome-unknown; 1 post to ADM
     23. again with On-Unknown: resend, for a sender who takes the risk  200 sent; 2 posts to ADM
     24. a message to `weather`, which is split over two topics of ADM   200 sent; 2 posts to ADM: weather.0, weather.1
     25. a device registers its push token: SNS has an endpoint for it   200 new; the endpoint is enabled
     26. the app is removed: SNS disables the endpoint, and says so      DeliveryFailure is on record; the endpoint is disabled
     27. a sweep knows no more than a stored token: it is left alone     not_confirmed_since; the endpoint is disabled
     28. the app is back and registers, while SNS is out: it is kept     503 unavailable; the endpoint is disabled
     29. the next sweep has evidence, and heals it                       confirmed_since_disabled: enable; the endpoint is enabled
     30. a sweep after that finds nothing to do                          healthy; 0 calls change anything in SNS
    30 of 30 outcomes are the expected ones.
    ");
}

const README: &str = include_str!("../../README.md");

//! The registration id is nowhere but in the request.

use sandbox::Journal;

use crate::journal::lines;
use crate::world::{World, failed, report, unregistered};

#[tokio::test]
async fn a_registration_id_is_in_no_row_no_answer_no_log_line_and_no_debug_output() {
    let world = World::new().await;
    world.fill("news", 9_999).await;
    let journal = Journal::begin();
    let mut shown = String::new();
    for report in [
        report(SECRET, "onSubscribe", "news"),
        failed(SECRET, "onSubscribeError", "sport", "MAXIMUM_SUBSCRIPTION_EXCEEDED"),
    ] {
        let recorded = world.record(&report).await;
        shown += &format!("{report:?} {recorded:?} {}", recorded.to_json());
    }
    assert_eq!(lines(&journal).len(), 2);
    // The client's own traces show the requests, which hold the digest; the lines of the function do not.
    let digest = adm_digest(&world).await;
    let ours = journal.text();
    let ours = ours
        .lines()
        .filter(|line| line.contains(r#""function":"adm""#))
        .collect::<String>();

    assert!(!shown.contains(SECRET) && !shown.contains(&digest), "{shown}");
    assert!(!ours.contains(SECRET) && !ours.contains(&digest), "{ours}");
    assert!(!journal.text().contains(SECRET));
    assert!(!format!("{:?}", world.rows().await).contains(SECRET));

    world.record(&unregistered(SECRET)).await;
    assert!(!world.rows().await.keys().any(|key| key.contains(&digest)));
}

/// The digest of the only instance.
async fn adm_digest(world: &World) -> String {
    let rows = world.rows().await;
    let digests: Vec<_> = rows.keys().filter_map(|key| key.strip_prefix("instance#")).collect();
    assert_eq!(digests.len(), 1);
    digests[0].to_owned()
}

const SECRET: &str = "amzn1.adm-registration.v3.Y29tLmFtYXpvbi5EZXZpY2VNZXNzYWdpbmc";

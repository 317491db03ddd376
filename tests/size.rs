//! How large a delivery may be.

use sandbox::publisher::Post;

use crate::world::rows::{quarantined, recorded};
use crate::world::{RECORDED, World, mail};

const LIMIT_BYTES: usize = 2 * 1024 * 1024;

/// A signed purchase whose body has this size: white space counts for the limit and not for the signature.
fn of_size(size_bytes: usize) -> Post {
    let post = Post::of(&mail::purchase("a"));
    let mut body = post.body.to_vec();
    body.resize(size_bytes, b' ');
    post.with_body(body)
}

fn too_large(size_bytes: usize) -> String {
    format!(
        "400 {{\"outcome\":\"refused\",\"reason\":\"body_too_large\",\"detail\":\"the body has {size_bytes} bytes, \
         more than the {LIMIT_BYTES} that an SNS delivery can have\"}}"
    )
}

#[tokio::test]
async fn a_body_is_taken_up_to_the_limit_and_refused_beyond() {
    let world = World::start().await;
    for size_bytes in [LIMIT_BYTES + 1, 3 * 1024 * 1024, 9 * 1024 * 1024] {
        assert_eq!(world.post(&of_size(size_bytes)).await, too_large(size_bytes));
    }
    assert_eq!(
        (world.rows().await, world.trust().await, world.fetches()),
        (vec![], vec![], vec![])
    );

    assert_eq!(world.post(&of_size(LIMIT_BYTES)).await, RECORDED);
    assert_eq!(world.rows().await, [recorded(&mail::purchase("a"))]);
}

#[tokio::test]
async fn the_largest_message_that_sns_publishes_is_kept_to_the_last_byte() {
    let world = World::start().await;
    // 256 KiB, every one of them six bytes long in the body.
    let message = mail::message("a", &"\u{1}".repeat(256 * 1024));
    assert_eq!(
        world.deliver(&message).await,
        r#"200 {"outcome":"quarantined","reason":"not_json"}"#
    );
    assert_eq!(world.rows().await, [quarantined(&message, "not_json")]);
}

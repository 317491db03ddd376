//! A body that is not one JSON object is refused for good, and costs nothing: no certificate is asked for, no row is written.

use http::Method;
use inbox::Invoked;
use insta::assert_snapshot;
use sandbox::publisher::Post;

use crate::world::process::request;
use crate::world::{World, in_short, mail};

#[tokio::test]
async fn a_body_that_is_not_one_json_object_is_refused() {
    let world = World::start().await;
    let purchase = mail::purchase("a");
    let text = purchase.text();
    let with_more = |more: &str| text.replacen('{', &format!("{{{more},"), 1).into_bytes();
    let bodies: [(&str, Vec<u8>); 27] = [
        ("empty", Vec::new()),
        ("a space", b" ".to_vec()),
        ("null", b"null".to_vec()),
        ("a number", b"1".to_vec()),
        ("a text", b"\"Notification\"".to_vec()),
        ("an array", b"[]".to_vec()),
        ("an array of it", format!("[{text}]").into_bytes()),
        ("an empty object", b"{}".to_vec()),
        ("two objects", format!("{text}{text}").into_bytes()),
        ("a comma after it", format!("{text},").into_bytes()),
        ("a comma too many", text.replacen("\n}", ",\n}", 1).into_bytes()),
        ("cut short", text.as_bytes()[..text.len() / 2].to_vec()),
        ("a comment", with_more("/* */\"x\":1")),
        ("single quotes", text.replace('"', "'").into_bytes()),
        ("a byte order mark", format!("\u{feff}{text}").into_bytes()),
        ("a NUL after it", format!("{text}\0").into_bytes()),
        ("UTF-16", text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        (
            "a byte that is not UTF-8",
            text.replace("Message", "\u{1}")
                .bytes()
                .map(|b| if b == 1 { 0xff } else { b })
                .collect(),
        ),
        ("a line feed in a text", with_more("\"x\":\"a\nb\"")),
        ("half a surrogate pair", with_more(r#""x":"\ud83e""#)),
        ("half a surrogate pair as a key", with_more(r#""\udd80":1"#)),
        ("surrogates in the wrong order", with_more(r#""x":"\udd80\ud83e""#)),
        ("a key twice", with_more("\"Type\":\"Notification\"")),
        ("a key twice, once escaped", with_more(r#""\u0054ype":"Notification""#)),
        ("a key twice, deep inside", with_more(r#""x":[{"y":{"z":1,"z":1}}]"#)),
        (
            "200 arrays deep",
            with_more(&format!("\"x\":{}{}", "[".repeat(200), "]".repeat(200))),
        ),
        ("300,000 objects deep", with_more(&"\"x\":{".repeat(300_000))),
    ];
    let mut told = Vec::new();
    for (what, body) in bodies {
        let answer = world.post(&Post::of(&purchase).with_body(body)).await;
        told.push(format!("{what}: {}", in_short(&answer)));
    }
    world.assert_untouched().await;
    assert_snapshot!(told.join("\n"), @"
    empty: 400 not_an_envelope
    a space: 400 not_an_envelope
    null: 400 not_an_envelope
    a number: 400 not_an_envelope
    a text: 400 not_an_envelope
    an array: 400 not_an_envelope
    an array of it: 400 not_an_envelope
    an empty object: 400 missing_field
    two objects: 400 not_an_envelope
    a comma after it: 400 not_an_envelope
    a comma too many: 400 not_an_envelope
    cut short: 400 not_an_envelope
    a comment: 400 not_an_envelope
    single quotes: 400 not_an_envelope
    a byte order mark: 400 not_an_envelope
    a NUL after it: 400 not_an_envelope
    UTF-16: 400 not_an_envelope
    a byte that is not UTF-8: 400 not_utf8
    a line feed in a text: 400 not_an_envelope
    half a surrogate pair: 400 not_an_envelope
    half a surrogate pair as a key: 400 not_an_envelope
    surrogates in the wrong order: 400 not_an_envelope
    a key twice: 400 duplicate_key
    a key twice, once escaped: 400 duplicate_key
    a key twice, deep inside: 400 duplicate_key
    200 arrays deep: 400 not_an_envelope
    300,000 objects deep: 400 not_an_envelope
    ");
}

#[tokio::test]
async fn a_request_that_is_no_post_is_refused_with_405() {
    let world = World::start().await;
    for method in [Method::DELETE, Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT] {
        let request = request(method.clone(), Post::of(&mail::purchase("a")));
        let answer = world.process().receive(&request, Invoked::untraced("attempt")).await;
        assert_eq!(answer.status(), 405);
        assert_eq!(answer.headers()["allow"], "POST");
        assert_eq!(
            *answer.body(),
            format!(
                "{{\"outcome\":\"refused\",\"reason\":\"method\",\"detail\":\"the method is {method}; SNS deliveries are POST requests\"}}"
            )
        );
    }
    world.assert_untouched().await;
}

//! The calls, in order. Each has a name, by which a difference is told.

use super::answers::Answers;
use super::side::{Arns, Side, absent};

/// Makes every call.
pub(crate) async fn make(mut side: Side, arns: &Arns) -> Answers {
    side.answers.leave_out(arns.beginning());
    creating(&mut side, arns).await;
    creating_what_is_disabled(&mut side, arns).await;
    changing(&mut side, arns).await;
    moving_tokens(&mut side, arns).await;
    spelling(&mut side, arns).await;
    limits(&mut side, arns).await;
    naming(&mut side, arns).await;
    deleting(&mut side, arns).await;
    listing(&mut side, arns).await;
    sending(&mut side, arns).await;
    subscribing(&mut side, arns).await;
    applications(&mut side, arns).await;
    side.answers
}

async fn creating(side: &mut Side, arns: &Arns) {
    let app = &arns.android;
    let first = side.create("create", app, "create-1", &[]).await;
    side.get("get what was created", &first).await;
    side.create("create again", app, "create-1", &[]).await;
    side.create("create again, enabled", app, "create-1", &[ENABLED]).await;
    side.create("create again, disabled", app, "create-1", &[DISABLED]).await;
    side.create("create again, with user data", app, "create-1", &[USER_2]).await;
    side.create("create again, with empty user data", app, "create-1", &[NO_USER])
        .await;
    side.create("create again, with a colour", app, "create-1", &[COLOUR]).await;

    let second = side.create("create with user data", app, "create-2", &[USER_2]).await;
    side.get("get what was created with user data", &second).await;
    side.create("create with the same user data", app, "create-2", &[USER_2])
        .await;
    side.create("create without the user data", app, "create-2", &[]).await;

    let elsewhere = side.create("create elsewhere", &arns.another, "create-1", &[]).await;
    side.delete("delete elsewhere", &elsewhere).await;
    side.get("get what has the same token here", &first).await;
    let nowhere = app.replace("android", "nowhere");
    side.create("create in no application", &nowhere, "create-1", &[]).await;
}

async fn creating_what_is_disabled(side: &mut Side, arns: &Arns) {
    let app = &arns.android;
    let arn = side.create("create disabled", app, "disabled", &[DISABLED]).await;
    side.get("get what was created disabled", &arn).await;
    side.create("create disabled again", app, "disabled", &[DISABLED]).await;
    side.create("create enabled what is disabled", app, "disabled", &[ENABLED])
        .await;
    side.create("create what is disabled", app, "disabled", &[]).await;
    side.get("get what is disabled still", &arn).await;
}

async fn changing(side: &mut Side, arns: &Arns) {
    let arn = side.create("create for a change", &arns.android, "change", &[USER_1]).await;
    side.set("disable", &arn, &[DISABLED]).await;
    side.get("get what was disabled", &arn).await;
    let all = [("Token", "change-2"), ENABLED, USER_2];
    side.set("set token, state and user data", &arn, &all).await;
    side.get("get what was set", &arn).await;
    side.set("set what is set", &arn, &all).await;
    side.set("take the user data away", &arn, &[NO_USER]).await;
    side.get("get what has lost its user data", &arn).await;
    side.set("set nothing", &arn, &[]).await;
    side.set("set a colour", &arn, &[COLOUR]).await;
}

async fn moving_tokens(side: &mut Side, arns: &Arns) {
    let app = &arns.android;
    let arn = side.create("create for a new token", app, "move-1", &[]).await;
    side.set("set a new token", &arn, &[("Token", "move-2")]).await;
    side.create("create with the new token", app, "move-2", &[]).await;
    side.create("create with the former token", app, "move-1", &[]).await;

    side.create("create a holder", app, "move-3", &[]).await;
    let arn = side.create("create a second", app, "move-4", &[]).await;
    side.set("set the holder's token", &arn, &[("Token", "move-3"), DISABLED])
        .await;
    side.get("get the second", &arn).await;
}

async fn spelling(side: &mut Side, arns: &Arns) {
    let app = &arns.android;
    let arn = side.create("create for spelling", app, "spell-1", &[]).await;
    side.set("disable in capitals", &arn, &[("Enabled", "FALSE")]).await;
    side.get("get what was disabled in capitals", &arn).await;
    side.publish("send to what was disabled in capitals", &arn).await;
    side.set("enable with a capital", &arn, &[("Enabled", "True")]).await;
    side.get("get what was enabled with a capital", &arn).await;
    side.publish("send to what was enabled with a capital", &arn).await;
    side.set("enable with a yes", &arn, &[("Enabled", "yes")]).await;
    side.create("create in capitals", app, "spell-2", &[("Enabled", "TRUE")])
        .await;
    side.create("create in small letters", app, "spell-2", &[ENABLED]).await;

    let arn = side.create("create for iOS", &arns.ios, "00FFAA", &[]).await;
    side.get("get the token of iOS", &arn).await;
    side.create("create for iOS in small letters", &arns.ios, "00ffaa", &[]).await;
    side.create("create for iOS without digits", &arns.ios, "xyz", &[]).await;
}

async fn limits(side: &mut Side, arns: &Arns) {
    let app = &arns.android;
    let (most, one_more) = ("é".repeat(1024), format!("{}a", "é".repeat(1024)));
    let letters = "a".repeat(2049);
    let [most, one_more, letters] = [&most, &one_more, &letters].map(|text| ("CustomUserData", text.as_str()));
    let arn = side.create("create with 2048 bytes", app, "limit-1", &[most]).await;
    side.get("get 2048 bytes", &arn).await;
    side.create("create with 2049 bytes in 1025 letters", app, "limit-2", &[one_more])
        .await;
    side.create("create with 2049 letters", app, "limit-3", &[letters]).await;
    side.set("set 2048 bytes", &arn, &[most]).await;
    side.set("set 2049 bytes in 1025 letters", &arn, &[one_more]).await;
    side.set("set 2049 letters", &arn, &[letters]).await;
    let strange = ("CustomUserData", "<user> & \r\n\"é\" '\t \u{1f600}");
    let arn = side.create("create with strange letters", app, "limit-4", &[strange]).await;
    side.set("set strange letters", &arn, &[strange]).await;
    side.get("get strange letters", &arn).await;
    side.create("create with a token of 8193 bytes", app, &"t".repeat(8193), &[])
        .await;
}

async fn naming(side: &mut Side, arns: &Arns) {
    let absent = absent(&arns.android);
    side.get("get what is not there", &absent).await;
    side.set("set what is not there", &absent, &[ENABLED]).await;
    side.set("set nothing of what is not there", &absent, &[]).await;
    side.get("get what is no ARN", "arn:aws:sns").await;
    side.create("create in what is no ARN", "arn:aws:sns", "name", &[]).await;
}

async fn deleting(side: &mut Side, arns: &Arns) {
    let arn = side.create("create for deletion", &arns.android, "gone", &[]).await;
    side.delete("delete", &arn).await;
    side.delete("delete again", &arn).await;
    side.get("get what was deleted", &arn).await;
    side.set("set what was deleted", &arn, &[ENABLED]).await;
    side.create("create what was deleted", &arns.android, "gone", &[]).await;
}

async fn listing(side: &mut Side, arns: &Arns) {
    let app = &arns.another;
    let arn = side.create("create for a list", app, "list-1", &[]).await;
    side.set("set for a list", &arn, &[USER_1]).await;
    side.create("create disabled for a list", app, "list-2", &[DISABLED]).await;
    side.list("list both", app).await;
    side.delete("delete from the list", &arn).await;
    side.list("list the other", app).await;

    let app = &arns.large;
    side.pages("list nothing", app).await;
    side.fill(app, 0..100).await;
    side.pages("list a hundred", app).await;
    side.fill(app, 100..251).await;
    side.pages("list 251", app).await;
    side.turn_to("go on with a token that was not given", app, "nonsense").await;
    side.list("list no application", &app.replace("large", "nowhere")).await;
}

async fn sending(side: &mut Side, arns: &Arns) {
    let app = &arns.android;
    let arn = side.create("create for messages", app, "send", &[]).await;
    side.publish("send", &arn).await;
    side.set("disable for messages", &arn, &[DISABLED]).await;
    side.publish("send to what is disabled", &arn).await;
    side.publish("send to what is not there", &absent(app)).await;
}

async fn subscribing(side: &mut Side, arns: &Arns) {
    let (app, topic) = (&arns.android, &arns.topic);
    let arn = side.create("create for a topic", app, "topic", &[]).await;
    let subscription = side.subscribe("subscribe", topic, &arn).await;
    side.subscribe("subscribe again", topic, &arn).await;
    side.delete("delete what is subscribed", &arn).await;
    side.subscriptions("list what outlives its endpoint", topic).await;
    side.unsubscribe("unsubscribe", &subscription).await;
    side.unsubscribe("unsubscribe again", &subscription).await;
    side.subscriptions("list no subscription", topic).await;
    side.unsubscribe("unsubscribe a topic", topic).await;
    side.subscribe("subscribe what is not there", topic, &absent(app)).await;
}

async fn applications(side: &mut Side, arns: &Arns) {
    let app = &arns.another;
    side.application("read an application", app).await;
    side.set_application("disable an application", app, &[DISABLED]).await;
    side.application("read a disabled application", app).await;
    side.set_application("set nothing of an application", app, &[]).await;
    side.application("read no application", &app.replace("another", "nowhere"))
        .await;
}

const COLOUR: (&str, &str) = ("Colour", "red");
const DISABLED: (&str, &str) = ("Enabled", "false");
const ENABLED: (&str, &str) = ("Enabled", "true");
const NO_USER: (&str, &str) = ("CustomUserData", "");
const USER_1: (&str, &str) = ("CustomUserData", "user 1");
const USER_2: (&str, &str) = ("CustomUserData", "user 2");

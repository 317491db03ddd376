//! Which addresses a certificate may have: the SNS host of the topic's region, and nothing that looks like it. Nobody is asked
//! before that is clear, and nobody but that host after.

use insta::assert_snapshot;

use crate::world::{RECORDED, SNS_HOST, TOPIC, World, in_short, mail};

#[tokio::test]
async fn a_host_that_only_looks_like_sns_in_the_topics_region_is_refused_and_nobody_is_asked() {
    let world = World::start().await;
    let path = mail::certificate_path();
    for host in [
        "sns.us-west-2.amazonaws.com",
        "sns.eu-west-1.amazonaws.com",
        "sns.s3-us-west-2.amazonaws.com",
        "sns.us-east-1.amazonaws.com.evil.example",
        "sns---us-east-1.amazonaws.com.rproxy.goskope.com",
        "evil.example",
        "127.0.0.1",
        "[::1]",
        "localhost",
        "169.254.169.254",
        "evil-sns.us-east-1.amazonaws.com",
        "s3.us-east-1.amazonaws.com",
        "sns.us-east-1.amazonaws.com.cn",
        "sns.us-east-1.amazonaws.com.",
        "SNS.us-east-1.amazonaws.com",
        "sns.us-east-1.amazonaws.com:8443",
        "sns.us-east-1.amazonaws.com:80",
        "sns.us-east-1.amazonaws.com:0443",
        "sns.us-east-1.amazonaws.com:443:443",
        "sns.us-east-1.amazonaws.com:",
        "user@sns.us-east-1.amazonaws.com",
        "sns.us-east-1.amazonaws.com@evil.example",
        "sns.us-east-1.amazonaws.com:443@evil.example",
        "sns.us-east-1.amazonaws.com\\@evil.example",
        "sns.us-east-1.amazonaws.com\t.evil.example",
        "sns.us-east-1.amazonaws.com\n.evil.example",
        "sns.us-east-1.amazonaws.com\0.evil.example",
        "sns.us-east-1.amazonaws.com#.evil.example",
        "sns.us-east-1.amazonaws.com?.evil.example",
        "sns.us-east-1.amazonaws.com%2eevil.example",
        "sns.us-east-1.amazonaws.com;.evil.example",
        "sns.us-east-1\u{3002}amazonaws.com",
        "\u{455}ns.us-east-1.amazonaws.com",
        " sns.us-east-1.amazonaws.com",
        "",
    ] {
        let envelope = mail::purchase("a").with("SigningCertURL", format!("https://{host}{path}"));
        assert_eq!(in_short(&world.deliver(&envelope).await), "403 cert_host", "{host:?}");
    }
    world.assert_untouched().await;
}

#[tokio::test]
async fn anything_but_the_plain_address_of_a_certificate_is_refused_and_nobody_is_asked() {
    let world = World::start().await;
    let path = mail::certificate_path();
    let host = SNS_HOST;
    for url in [
        String::new(),
        host.to_owned(),
        format!("https://{host}"),
        format!("https://{host}/"),
        format!("http://{host}{path}"),
        format!("HTTPS://{host}{path}"),
        format!("file://{path}"),
        format!("ftp://{host}{path}"),
        format!("//{host}{path}"),
        format!(" https://{host}{path}"),
        format!("https:\\\\{host}{path}"),
        format!("https://{host}/{path}"),
        format!("https://{host}{path}?x"),
        format!("https://{host}{path}?Action=GetTopicAttributes"),
        format!("https://{host}{path}#x"),
        format!("https://{host}{path}\n"),
        format!("https://{host}{path}\0"),
        format!("https://{host}{path}/"),
        format!("https://{host}/a/..{path}"),
        format!("https://{host}/%2e%2e{path}"),
        format!("https://{host}{}", path.to_uppercase()),
        format!("https://{host}{}", path.replace(".pem", ".pem.txt")),
        format!("https://{host}{}", path.replace(".pem", "")),
        format!("https://{host}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=00"),
    ] {
        let envelope = mail::purchase("a").with("SigningCertURL", url.as_str());
        assert_eq!(in_short(&world.deliver(&envelope).await), "403 cert_url", "{url:?}");
    }
    world.assert_untouched().await;
}

#[tokio::test]
async fn the_refusal_says_what_is_wrong_with_the_address_and_does_not_repeat_it() {
    let world = World::start().await;
    let path = mail::certificate_path();
    let mut told = Vec::new();
    for url in [
        format!("https://secret@{SNS_HOST}{path}"),
        format!("https://secret.example{path}"),
        format!("https://{SNS_HOST}:8443{path}?secret"),
        format!("secret://{SNS_HOST}{path}"),
        format!("https://{SNS_HOST}{path}?secret"),
        "https://secret".to_owned(),
    ] {
        told.push(world.deliver(&mail::purchase("a").with("SigningCertURL", url)).await);
    }
    assert_snapshot!(told.join("\n"), @r#"
    403 {"outcome":"refused","reason":"cert_host","detail":"SigningCertURL is not on the SNS host of the topic's region: it carries user information"}
    403 {"outcome":"refused","reason":"cert_host","detail":"SigningCertURL is not on the SNS host of the topic's region: another host"}
    403 {"outcome":"refused","reason":"cert_host","detail":"SigningCertURL is not on the SNS host of the topic's region: the port is not 443"}
    403 {"outcome":"refused","reason":"cert_url","detail":"SigningCertURL is not one of SNS's: the scheme is not https"}
    403 {"outcome":"refused","reason":"cert_url","detail":"SigningCertURL is not one of SNS's: the path is not that of a signing certificate"}
    403 {"outcome":"refused","reason":"cert_url","detail":"SigningCertURL is not one of SNS's: it has no path"}
    "#);
}

#[tokio::test]
async fn the_host_of_the_topics_region_is_asked_by_its_own_name_and_only_for_that_document() {
    let world = World::start().await;
    let with_port = format!("https://{SNS_HOST}:443{}", mail::certificate_path());
    assert_eq!(
        world.deliver(&mail::purchase("a").with("SigningCertURL", with_port)).await,
        RECORDED
    );
    let asked: Vec<_> = world
        .fetches()
        .into_iter()
        .map(|seen| format!("{} {} {} {:?}", seen.method, seen.host, seen.path, seen.sni))
        .collect();
    assert_snapshot!(asked.join("\n"), @r#"
    GET sns.us-east-1.amazonaws.com /SimpleNotificationService-ad7382323a82cf500a28cceab2bcb461.pem Some("sns.us-east-1.amazonaws.com")
    GET crt.sandbox.amazontrust.com /intermediate.cer None
    "#);
}

use std::time::Duration;

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use webpki::{EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert, ring as algorithms};

use super::*;

#[test]
fn the_committed_certificate_is_believed_through_the_intermediate_and_not_without() {
    let pki = Pki::fixed();
    let leaf = certificate(pki.signing_cert_pem());
    assert_eq!(judge(&pki, &leaf, &[pki.intermediate_der()], "2026-03-06T00:00:00Z"), Ok(()));
    assert_eq!(judge(&pki, &leaf, &[pki.intermediate_der()], "2013-03-06T00:00:00Z"), Ok(()));
    assert_eq!(judge(&pki, &leaf, &[], "2026-03-06T00:00:00Z"), Err(Error::UnknownIssuer));
}

#[test]
fn every_unusual_leaf_is_wrong_in_its_own_way() {
    let pki = Pki::fixed();
    let now = "2026-03-06T00:00:00Z";
    let verdict = |leaf: &Leaf| judge(&pki, &pki.issue(leaf).der, &[pki.intermediate_der()], now);
    let at = now.parse::<Timestamp>().unwrap();

    assert_eq!(verdict(&Leaf::signing()), Ok(()));
    assert_eq!(verdict(&Leaf::named("sns-signing.eu-south-1.amazonaws.com")), Ok(()));
    assert_eq!(verdict(&Leaf::with_key(LeafKey::Elliptic)), Ok(()));
    assert_eq!(verdict(&Leaf::with_key(LeafKey::Small)), Ok(()));
    assert_eq!(verdict(&Leaf::without_issuer_address()), Ok(()));
    assert_eq!(verdict(&Leaf::issued_by(LeafIssuer::Root)), Ok(()));
    assert!(matches!(verdict(&Leaf::expired(at)), Err(Error::CertExpired { .. })));
    assert!(matches!(
        verdict(&Leaf::not_yet_valid(at)),
        Err(Error::CertNotValidYet { .. })
    ));
    assert_eq!(verdict(&Leaf::issued_by(LeafIssuer::Itself)), Err(Error::UnknownIssuer));
    assert_eq!(
        verdict(&Leaf::issued_by(LeafIssuer::Stranger)),
        Err(Error::InvalidSignatureForPublicKey)
    );
}

#[test]
fn the_stranger_s_chain_is_whole_and_ends_nowhere() {
    let pki = Pki::fixed();
    let leaf = pki.issue(&Leaf::issued_by(LeafIssuer::Stranger)).der;
    assert_eq!(
        judge(&pki, &leaf, &[pki.stranger_der()], "2026-03-06T00:00:00Z"),
        Err(Error::UnknownIssuer)
    );
}

#[test]
fn certificates_say_where_their_issuer_can_be_had_unless_told_not_to() {
    let address = b"http://crt.sandbox.amazontrust.com/intermediate.cer".as_slice();
    let says = |der: &CertificateDer<'_>| der.windows(address.len()).any(|window| window == address);
    let pki = Pki::fixed();
    assert!(says(&certificate(pki.signing_cert_pem())));
    assert!(says(&pki.issue(&Leaf::signing()).der));
    assert!(!says(&pki.issue(&Leaf::without_issuer_address()).der));
}

#[test]
fn issuing_twice_gives_the_same_certificate() {
    let pki = Pki::fixed();
    assert_eq!(pki.issue(&Leaf::signing()).pem, pki.issue(&Leaf::signing()).pem);
    assert_eq!(pki.issue(&Leaf::signing()).bundle_pem.matches("BEGIN CERTIFICATE").count(), 2);
}

fn judge(pki: &Pki, leaf: &CertificateDer<'_>, intermediates: &[CertificateDer<'_>], now: &str) -> Result<(), Error> {
    let root = pki.root_der();
    let anchors = [anchor_from_trusted_cert(&root).unwrap()];
    let seconds = now.parse::<Timestamp>().unwrap().as_second();
    let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds.unsigned_abs()));
    let supported = &[algorithms::RSA_PKCS1_2048_8192_SHA256];
    let certificate = EndEntityCert::try_from(leaf)?;
    certificate.verify_for_usage(supported, &anchors, intermediates, time, KeyUsage::server_auth(), None, None)?;
    Ok(())
}

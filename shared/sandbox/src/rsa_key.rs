//! RSA signatures with the sandbox's public test keys.
//!
//! PKCS#1 v1.5 over plain integers: SNS signs with SHA-1 by default, and `ring` signs neither SHA-1 nor with 1024 bits. Not
//! constant-time, which would matter for a secret key only; these are committed in the open.

use num_bigint::BigUint;
use rcgen::{PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm, SigningKey};
use ring::digest::{Algorithm, SHA256, digest};
use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject};

/// A private key that signs with any digest that PKCS#1 v1.5 knows a prefix for.
pub(crate) struct RsaKey {
    numbers: Numbers,
    public_der: Vec<u8>,
    size_bytes: usize,
}

impl RsaKey {
    /// Reads one of the committed keys.
    pub(crate) fn from_pem(pem: &str) -> Self {
        let pkcs8 = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).expect("committed keys are PKCS#8 PEM");
        let numbers = Numbers::from_pkcs8(pkcs8.secret_pkcs8_der()).expect("committed keys are RSA");
        Self {
            public_der: numbers.public_der(),
            size_bytes: numbers.n.bits().div_ceil(8) as usize,
            numbers,
        }
    }

    /// The signature of `message`: RSASSA-PKCS1-v1_5, RFC 8017 section 8.2.1.
    pub(crate) fn sign(&self, algorithm: &'static Algorithm, message: &[u8]) -> Vec<u8> {
        let mut info = if algorithm == &SHA256 {
            SHA256_PREFIX.to_vec()
        } else {
            SHA1_PREFIX.to_vec()
        };
        info.extend_from_slice(digest(algorithm, message).as_ref());

        let mut padded = vec![0xff; self.size_bytes];
        padded[..2].copy_from_slice(&[0, 1]);
        let separator = self.size_bytes - info.len() - 1;
        padded[separator] = 0;
        padded[separator + 1..].copy_from_slice(&info);

        let signature = self.numbers.raise(&BigUint::from_bytes_be(&padded)).to_bytes_be();
        let mut out = vec![0; self.size_bytes - signature.len()];
        out.extend_from_slice(&signature);
        out
    }
}

impl PublicKeyData for RsaKey {
    fn der_bytes(&self) -> &[u8] {
        &self.public_der
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl SigningKey for RsaKey {
    fn sign(&self, msg: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(RsaKey::sign(self, &SHA256, msg))
    }
}

/// The parts of an RSAPrivateKey, RFC 8017 appendix A.1.2.
struct Numbers {
    n: BigUint,
    e: BigUint,
    p: BigUint,
    q: BigUint,
    dp: BigUint,
    dq: BigUint,
    q_inverse: BigUint,
}

impl Numbers {
    fn from_pkcs8(der: &[u8]) -> yasna::ASN1Result<Self> {
        let key = yasna::parse_der(der, |reader| {
            reader.read_sequence(|fields| {
                fields.next().read_u8()?;
                fields.next().read_der()?;
                fields.next().read_bytes()
            })
        })?;
        yasna::parse_der(&key, |reader| {
            reader.read_sequence(|fields| {
                fields.next().read_u8()?;
                let (n, e) = (fields.next().read_biguint()?, fields.next().read_biguint()?);
                fields.next().read_biguint()?;
                Ok(Self {
                    n,
                    e,
                    p: fields.next().read_biguint()?,
                    q: fields.next().read_biguint()?,
                    dp: fields.next().read_biguint()?,
                    dq: fields.next().read_biguint()?,
                    q_inverse: fields.next().read_biguint()?,
                })
            })
        })
    }

    fn public_der(&self) -> Vec<u8> {
        yasna::construct_der(|writer| {
            writer.write_sequence(|fields| {
                fields.next().write_biguint(&self.n);
                fields.next().write_biguint(&self.e);
            });
        })
    }

    /// The private operation by the Chinese remainder theorem, four times faster than one exponentiation.
    fn raise(&self, m: &BigUint) -> BigUint {
        let (a, b) = (m.modpow(&self.dp, &self.p), m.modpow(&self.dq, &self.q));
        let difference = (a + &self.p - &b % &self.p) % &self.p;
        &b + &self.q * ((&self.q_inverse * difference) % &self.p)
    }
}

/// DigestInfo headers, RFC 8017 section 9.2, note 1.
const SHA1_PREFIX: [u8; 15] = [
    0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14,
];
const SHA256_PREFIX: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
];

#[cfg(test)]
mod tests {
    use ring::{
        digest::SHA1_FOR_LEGACY_USE_ONLY,
        signature::{
            RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
            RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaParameters, UnparsedPublicKey,
        },
    };

    use super::*;

    #[test]
    fn ring_accepts_what_every_key_signs_with_either_digest() {
        let check = |pem: &str, algorithm, parameters: &'static RsaParameters| {
            let key = RsaKey::from_pem(pem);
            for length in 0..20 {
                let message = vec![b'x'; length];
                let signature = key.sign(algorithm, &message);
                UnparsedPublicKey::new(parameters, key.der_bytes())
                    .verify(&message, &signature)
                    .unwrap();
            }
        };
        for pem in [include_str!("../pki/signer-key.pem"), include_str!("../pki/other-key.pem")] {
            check(pem, &SHA256, &RSA_PKCS1_2048_8192_SHA256);
            check(pem, &SHA1_FOR_LEGACY_USE_ONLY, &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY);
        }
        let small = include_str!("../pki/small-key.pem");
        check(small, &SHA256, &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY);
        check(
            small,
            &SHA1_FOR_LEGACY_USE_ONLY,
            &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        );
    }
}

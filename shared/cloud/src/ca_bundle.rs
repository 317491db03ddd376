//! Certification authorities besides Amazon's, for deployments behind a proxy that ends TLS.

use std::fs;

use sns_webhook::Roots;

use crate::{BadSetting, Variables};

/// Certification authorities.
#[derive(Debug, Clone)]
pub struct CaBundle {
    /// As trust anchors.
    pub roots: Roots,
}

impl<V: Fn(&str) -> Option<String>> Variables<V> {
    /// `AWS_CA_BUNDLE`, which names a file of certification authorities that are believed besides Amazon's; nothing if it is not set.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, "General configuration settings" (`ca_bundle`).
    ///
    /// # Errors
    /// [`BadSetting`] if there is no such file, or another thing in it.
    pub fn ca_bundle(&self) -> Result<Option<CaBundle>, BadSetting> {
        let bad = || BadSetting::new(NAME, "be the path of a file of PEM certificates");
        let Some(path) = self.text(NAME) else { return Ok(None) };
        let pem = fs::read_to_string(path).map_err(|_| bad())?;
        let roots = Roots::from_pem(&pem).map_err(|_| bad())?;
        Ok(Some(CaBundle { roots }))
    }
}

const NAME: &str = "AWS_CA_BUNDLE";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(path: &str) -> Result<Option<CaBundle>, BadSetting> {
        Variables::new(|name: &str| (name == NAME).then(|| path.to_owned())).ca_bundle()
    }

    #[test]
    fn a_file_of_certificates_is_read_as_it_stands() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sandbox/pki/root.pem");
        let bundle = read(&path.to_string_lossy()).unwrap().unwrap();
        let expected = Roots::from_pem(&fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(bundle.roots.tls_store().roots, expected.tls_store().roots);
        assert_eq!(bundle.roots.tls_store().len(), 1);
    }

    #[test]
    fn no_file_is_no_authority_and_another_file_is_a_bad_setting() {
        assert!(read(" ").unwrap().is_none());
        for path in ["no-such-file.pem", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")] {
            let bad = read(path).map(|_| ()).unwrap_err();
            assert_eq!(
                bad.to_string(),
                "the environment variable AWS_CA_BUNDLE must be the path of a file of PEM certificates"
            );
        }
    }
}

//! AWS regions: their grammar, the host that SNS has in them, and the name its signing certificate carries there.
//!
//! A region name becomes a label of a host name, so it is checked against AWS's own grammar: an area, a direction, a number.
//! `s3-us-west-2` is not one (`sns.s3-us-west-2.amazonaws.com` is somebody's S3 bucket, and was used to forge messages).

use std::fmt;
use std::ops::RangeInclusive;

/// A checked AWS region name such as `us-east-1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Region(String);

impl Region {
    /// Reads a region name; `None` if it is not in AWS's region grammar.
    ///
    /// Source: the region patterns in the SDKs' partition table, without the isolated partitions, whose hosts are not public.
    pub fn parse(name: &str) -> Option<Self> {
        let (place, number) = name.rsplit_once('-')?;
        let (area, direction) = place.rsplit_once('-')?;
        let is_area = match area.split_once('-') {
            None => is_letters(area, 2..=2),
            Some(("us", "gov")) => true,
            Some(("eusc", country)) => is_letters(country, 2..=2),
            Some(_) => false,
        };
        let is_number = (1..=2).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
        (is_area && is_letters(direction, 4..=9) && is_number).then(|| Self(name.to_owned()))
    }

    /// The region as AWS writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition that the region belongs to, as it stands in ARNs.
    ///
    /// Source: AWS General Reference, "Amazon Resource Names: partitions"; the prefixes are those of the SDKs' partition table.
    pub fn partition(&self) -> &'static str {
        match self.0.split('-').next() {
            Some("cn") => "aws-cn",
            Some("eusc") => "aws-eusc",
            _ if self.0.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// The one host that serves SNS, and its signing certificates, in this region.
    ///
    /// Source: AWS General Reference, "Amazon SNS endpoints and quotas".
    pub fn sns_host(&self) -> String {
        let suffix = match self.partition() {
            "aws-cn" => "amazonaws.com.cn",
            "aws-eusc" => "amazonaws.eu",
            _ => "amazonaws.com",
        };
        format!("sns.{}.{suffix}", self.0)
    }

    /// The name that the signing certificate of this region must carry.
    ///
    /// Source: Amazon SNS Developer Guide, "Verifying the signatures of Amazon SNS messages" (default, China, GovCloud) and the
    /// signing names of opt-in regions.
    pub fn signer_name(&self) -> String {
        match self.0.as_str() {
            "cn-north-1" | "cn-northwest-1" => format!("sns-{}.amazonaws.com.cn", self.0),
            "us-gov-west-1" | "us-gov-east-1" => "sns-us-gov-west-1.amazonaws.com".to_owned(),
            "eusc-de-east-1" => "sns-signing.eusc-de-east-1.amazonaws.eu".to_owned(),
            region if OPT_IN.contains(&region) => format!("sns-signing.{region}.amazonaws.com"),
            _ => "sns.amazonaws.com".to_owned(),
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_letters(text: &str, length: RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase())
}

/// Regions that an account must enable, each with a signing name of its own.
const OPT_IN: [&str; 17] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_its_host_and_its_signer() {
        let check = |region: &str, partition: &str, host: &str, signer: &str| {
            let region = Region::parse(region).unwrap();
            assert_eq!(
                (region.partition(), region.sns_host().as_str(), region.signer_name().as_str()),
                (partition, host, signer)
            );
        };
        check("us-east-1", "aws", "sns.us-east-1.amazonaws.com", "sns.amazonaws.com");
        check(
            "ap-southeast-2",
            "aws",
            "sns.ap-southeast-2.amazonaws.com",
            "sns.amazonaws.com",
        );
        check(
            "ap-southeast-3",
            "aws",
            "sns.ap-southeast-3.amazonaws.com",
            "sns-signing.ap-southeast-3.amazonaws.com",
        );
        check(
            "eu-south-1",
            "aws",
            "sns.eu-south-1.amazonaws.com",
            "sns-signing.eu-south-1.amazonaws.com",
        );
        check(
            "cn-north-1",
            "aws-cn",
            "sns.cn-north-1.amazonaws.com.cn",
            "sns-cn-north-1.amazonaws.com.cn",
        );
        check(
            "cn-northwest-1",
            "aws-cn",
            "sns.cn-northwest-1.amazonaws.com.cn",
            "sns-cn-northwest-1.amazonaws.com.cn",
        );
        check(
            "us-gov-east-1",
            "aws-us-gov",
            "sns.us-gov-east-1.amazonaws.com",
            "sns-us-gov-west-1.amazonaws.com",
        );
        check(
            "us-gov-west-1",
            "aws-us-gov",
            "sns.us-gov-west-1.amazonaws.com",
            "sns-us-gov-west-1.amazonaws.com",
        );
        check(
            "eusc-de-east-1",
            "aws-eusc",
            "sns.eusc-de-east-1.amazonaws.eu",
            "sns-signing.eusc-de-east-1.amazonaws.eu",
        );
    }

    #[test]
    fn regions_that_are_still_to_be_built_need_no_new_release() {
        for name in [
            "nz-north-1",
            "eu-west-14",
            "us-gov-central-1",
            "eusc-fr-west-2",
            "cn-southwest-3",
        ] {
            assert_eq!(Region::parse(name).unwrap().to_string(), name);
        }
    }

    #[test]
    fn what_could_be_another_label_of_a_host_name_is_not_a_region() {
        for name in [
            "",
            "us",
            "us-east",
            "us-east-",
            "-us-east-1",
            "us--east-1",
            "s3-us-west-2",
            "us-east-1a",
            "US-EAST-1",
            "us-east-1.evil",
            "us-east-123",
            "us_east_1",
            "us-east-1\n",
            "us-east-1/",
            "us-east-0",
            "us-east-01",
            "a-east-1",
            "usa-east-1",
            "elb-us-east-1",
            "us-elb-east-1",
            "us-iso-east-1",
            "us-gov-1",
            "us-gov-east-west-1",
            "eusc-east-1",
            "eusc-deu-east-1",
            "us-n-1",
            "us-northsoutheast-1",
            "toolong-east-1",
            "us-a-b-c-1",
            "ùs-east-1",
        ] {
            assert_eq!(Region::parse(name), None, "{name:?}");
        }
    }
}

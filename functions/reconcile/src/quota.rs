//! How many calls a second SNS lets an account make.
//!
//! "Amazon Simple Notification Service endpoints and quotas" (<https://docs.aws.amazon.com/general/latest/gr/sns.html>): listing endpoints
//! is 30 everywhere, and no request raises that. What creates, reads, changes and deletes them depends on the region, can be raised, and is
//! shared with live traffic. The page does not say whether each of those has the number or all together: here all together.

/// `ListEndpointsByPlatformApplication`, in each region.
pub const LIST_ENDPOINTS: u32 = 30;

/// `CreatePlatformEndpoint`, `GetEndpointAttributes`, `SetEndpointAttributes` and `DeleteEndpoint`, in a region, unless they were raised.
pub fn of_endpoints(region: &str) -> u32 {
    match region {
        "us-east-1" => 3_000,
        "eu-west-1" | "us-west-2" => 900,
        "ap-northeast-1" | "ap-northeast-2" | "ap-south-1" | "ap-southeast-1" | "ap-southeast-2" | "eu-central-1"
        | "us-east-2" | "us-west-1" => 150,
        _ => 30,
    }
}

#[cfg(test)]
mod tests {
    use super::of_endpoints;

    #[test]
    fn a_region_that_the_page_does_not_name_has_the_least() {
        let quotas = ["us-east-1", "us-west-2", "us-west-1", "af-south-1", "mars-north-1"].map(of_endpoints);
        assert_eq!(quotas, [3_000, 900, 150, 30, 30]);
    }
}

//! Who asks: the part of a send's key that keeps callers out of each other's way.
//!
//! Promises the same name for the same caller whenever it repeats its request. A role's sessions are one caller: the name of a
//! session is often a random one, and who retries after a restart has another (AWS STS API Reference, AssumedRoleUser: the ARN is
//! `arn:aws:sts::<account>:assumed-role/<role>/<session>`).

use std::collections::HashMap;

use http::Extensions;
use lambda_http::aws_lambda_events::apigw::ApiGatewayRequestAuthorizer;
use lambda_http::request::RequestContext;

use crate::{Problem, ProblemType};

/// The caller as API Gateway has authenticated it: by IAM, by a token (JWT or Amazon Cognito: its `iss` and `sub`), or by an authoriser of
/// your own (its `principalId`). [`NOBODY`] where nobody authenticates callers, as in the local stack.
///
/// # Errors
/// [`Problem`] if somebody does, and does not say whom: callers that cannot be told apart would be answered with each other's answers.
pub(crate) fn principal(extensions: &Extensions) -> Result<String, Problem> {
    let (iam, authoriser) = match extensions.get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV1(context)) => (context.identity.user_arn.as_deref(), Some(&context.authorizer)),
        Some(RequestContext::ApiGatewayV2(context)) => {
            let authoriser = context.authorizer.as_ref();
            let iam = authoriser.and_then(|authoriser| authoriser.iam.as_ref());
            (iam.and_then(|iam| iam.user_arn.as_deref()), authoriser)
        }
        _ => (None, None),
    };
    match (iam.filter(|arn| !arn.is_empty()), authoriser) {
        (Some(arn), _) => Ok(without_session(arn).to_owned()),
        (None, Some(authoriser)) if !is_absent(authoriser) => named(authoriser).ok_or_else(unknown),
        (None, _) => Ok(NOBODY.to_owned()),
    }
}

fn is_absent(authoriser: &ApiGatewayRequestAuthorizer) -> bool {
    authoriser.jwt.is_none() && authoriser.iam.is_none() && authoriser.fields.is_empty()
}

fn named(authoriser: &ApiGatewayRequestAuthorizer) -> Option<String> {
    let of_jwt = authoriser.jwt.as_ref().and_then(|jwt| subject(&jwt.claims));
    let of_cognito = || {
        let claims = authoriser.fields.get("claims")?.as_object()?;
        let texts = claims
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        subject(&texts.collect())
    };
    let principal_id = || authoriser.fields.get("principalId")?.as_str().filter(|id| !id.is_empty());
    of_jwt
        .or_else(of_cognito)
        .or_else(|| Some(format!("authoriser:{}", principal_id()?)))
}

/// RFC 7519, section 4.1.2: a subject is unique for its issuer.
fn subject(claims: &HashMap<String, String>) -> Option<String> {
    let (issuer, subject) = (claims.get("iss")?, claims.get("sub")?);
    Some(format!("token:{}:{issuer}:{subject}", issuer.len()))
}

fn unknown() -> Problem {
    let detail = "the authoriser of the gateway names no principal: have it give a principalId, or a token with iss and sub";
    Problem::new(ProblemType::UnknownCaller, detail)
}

fn without_session(arn: &str) -> &str {
    match arn.split_once(":assumed-role/") {
        Some((_, rest)) if rest.contains('/') => arn.rsplit_once('/').map_or(arn, |(role, _session)| role),
        _ => arn,
    }
}

pub(crate) const NOBODY: &str = "nobody";

#[cfg(test)]
mod tests {
    use super::*;

    /// A request through a REST API, as far as it says who asks.
    fn request(identity: &str, authoriser: &str) -> Extensions {
        let event = format!(
            r#"{{"resource":"/adm/topics","path":"/adm/topics","httpMethod":"GET","headers":{{}},"multiValueHeaders":{{}},
            "queryStringParameters":null,"multiValueQueryStringParameters":null,"pathParameters":null,"stageVariables":null,
            "requestContext":{{"accountId":"123456789012","resourceId":"a1b2c3","stage":"live","requestId":"r","httpMethod":"GET",
            "resourcePath":"/adm/topics","apiId":"a1b2c3d4e5","identity":{identity},"authorizer":{authoriser}}},
            "body":null,"isBase64Encoded":false}}"#
        );
        let request = lambda_http::request::from_str(&event).unwrap();
        request.extensions().clone()
    }

    #[test]
    fn sessions_of_a_role_are_one_caller() {
        for (arn, name) in [
            (
                "arn:aws:sts::123456789012:assumed-role/push/i-0123456789abcdef0",
                "arn:aws:sts::123456789012:assumed-role/push",
            ),
            (
                "arn:aws-cn:sts::123456789012:assumed-role/push/a@b",
                "arn:aws-cn:sts::123456789012:assumed-role/push",
            ),
            ("arn:aws:iam::123456789012:user/sam", "arn:aws:iam::123456789012:user/sam"),
            (
                "arn:aws:iam::123456789012:user/path/sam",
                "arn:aws:iam::123456789012:user/path/sam",
            ),
            ("arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:root"),
        ] {
            let extensions = request(&format!(r#"{{"userArn":"{arn}"}}"#), "null");
            assert_eq!(principal(&extensions), Ok(name.to_owned()));
        }
    }

    #[test]
    fn an_authorisers_principal_counts_where_there_is_no_iam() {
        for (authoriser, name) in [
            (r#"{"principalId":"sam"}"#, "authoriser:sam"),
            (r#"{"claims":{"iss":"https://a","sub":"sam"}}"#, "token:9:https://a:sam"),
            (
                r#"{"claims":{"iss":"https://a","sub":"sam"},"principalId":"b"}"#,
                "token:9:https://a:sam",
            ),
            (r#"{"claims":{"sub":"sam"},"principalId":"b"}"#, "authoriser:b"),
        ] {
            let extensions = request("{}", authoriser);
            assert_eq!(principal(&extensions), Ok(name.to_owned()), "{authoriser}");
        }
    }

    #[test]
    fn nobody_is_a_caller_only_where_nobody_authenticates() {
        let nobody = Ok(NOBODY.to_owned());
        assert_eq!(principal(&request(r#"{"userArn":""}"#, "null")), nobody);
        assert_eq!(principal(&Extensions::new()), nobody);
        for authoriser in [r#"{"principalId":""}"#, r#"{"claims":{"sub":"sam"}}"#, r#"{"tenant":"a"}"#] {
            let refused = principal(&request("{}", authoriser)).map_err(|problem| problem.kind);
            assert_eq!(refused, Err(ProblemType::UnknownCaller), "{authoriser}");
        }
    }
}

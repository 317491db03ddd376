//! Which path means what.
//!
//! What stands before `/adm` is passed over: a stage, or the base path of a custom domain.

use http::Method;

use super::path_topic::PathTopic;
use crate::reply::Reply;
use crate::{Problem, ProblemType};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `POST /adm/topics/{topic}/assignment`.
    Assign(PathTopic),
    /// `POST /adm/registration`.
    Register,
    /// `POST /adm/subscriptions`.
    Report,
    /// `POST /adm/topics/{topic}/messages`.
    Send(PathTopic),
    /// `GET /adm/topics`.
    Topics,
}

/// Nothing is served there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotServed {
    /// With this method something is.
    OtherMethod(&'static str),
    /// Whatever the method.
    Path,
}

impl Route {
    /// # Errors
    /// [`NotServed`]
    pub(crate) fn of(method: &Method, path: &str) -> Result<Self, NotServed> {
        let segments = path
            .split('/')
            .skip_while(|segment| *segment != "adm")
            .skip(1)
            .collect::<Vec<_>>();
        let (route, served) = match segments.as_slice() {
            ["registration"] => (Self::Register, Method::POST),
            ["subscriptions"] => (Self::Report, Method::POST),
            ["topics"] => (Self::Topics, Method::GET),
            ["topics", topic, "assignment"] => (Self::Assign(PathTopic::new(topic)), Method::POST),
            ["topics", topic, "messages"] => (Self::Send(PathTopic::new(topic)), Method::POST),
            _ => return Err(NotServed::Path),
        };
        match *method == served {
            true => Ok(route),
            false if served == Method::GET => Err(NotServed::OtherMethod("GET")),
            false => Err(NotServed::OtherMethod("POST")),
        }
    }
}

/// 404, or 405 with the header Allow (RFC 9110, section 15.5.6).
impl From<NotServed> for Reply {
    fn from(not_served: NotServed) -> Self {
        match not_served {
            NotServed::OtherMethod(allowed) => Self {
                allow: Some(allowed),
                ..Self::from(Problem::new(
                    ProblemType::MethodNotAllowed,
                    format!("send a {allowed} request"),
                ))
            },
            NotServed::Path => {
                let detail = "there are POST /adm/topics/{topic}/messages, POST /adm/topics/{topic}/assignment, POST /adm/registration, \
                              GET /adm/topics and POST /adm/subscriptions";
                Self::from(Problem::new(ProblemType::NotFound, detail))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn send(topic: &str) -> Route {
        Route::Send(PathTopic::new(topic))
    }

    #[test]
    fn a_path_is_known_by_what_follows_adm() {
        let post = |path| Route::of(&Method::POST, path);
        assert_eq!(post("/adm/topics/news/messages"), Ok(send("news")));
        assert_eq!(post("/live/adm/topics/news/messages"), Ok(send("news")));
        assert_eq!(post("/push/v2/adm/topics/adm/messages"), Ok(send("adm")));
        assert_eq!(post("/adm/topics/news/assignment"), Ok(Route::Assign(PathTopic::new("news"))));
        assert_eq!(post("/adm/registration"), Ok(Route::Register));
        assert_eq!(post("/adm/subscriptions"), Ok(Route::Report));
        assert_eq!(post("/adm/topics"), Err(NotServed::OtherMethod("GET")));
        for path in [
            "/",
            "/adm",
            "/adm/",
            "/adm/topics/news",
            "/adm/topics/a/b/messages",
            "/adm/registration/",
            "/topics/news/messages",
        ] {
            assert_eq!(post(path), Err(NotServed::Path), "{path}");
        }
    }

    #[test]
    fn another_method_is_told_which_one_is_served() {
        let get = |path| Route::of(&Method::GET, path);
        assert_eq!(get("/adm/topics"), Ok(Route::Topics));
        for path in ["/adm/topics/news/messages", "/adm/registration", "/adm/subscriptions"] {
            assert_eq!(get(path), Err(NotServed::OtherMethod("POST")), "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_path_makes_it_panic(path in any::<String>(), topic in "[%0-9a-fA-F]{0,9}") {
            let _ = Route::of(&Method::POST, &path);
            let _ = Route::of(&Method::POST, &format!("/adm/topics/{topic}/messages"));
        }
    }
}

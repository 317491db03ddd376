//! Which path means what.
//!
//! What stands before `/devices` is passed over: a stage, or the base path of a custom domain.

use http::Method;

use crate::reply::Reply;
use crate::{Problem, ProblemType};

/// What is asked for, of the device with this id, as it stands in the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    /// `DELETE /devices/{id}`.
    OptOut(&'a str),
    /// `PUT /devices/{id}`.
    Register(&'a str),
    /// `GET /devices/{id}`.
    Show(&'a str),
}

/// Nothing is served there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotServed {
    /// With this method; with others something is.
    Method,
    /// Whatever the method.
    Path,
}

impl<'a> Route<'a> {
    /// # Errors
    /// [`NotServed`]
    pub(crate) fn of(method: &Method, path: &'a str) -> Result<Self, NotServed> {
        let mut segments = path.split('/').skip_while(|segment| *segment != "devices").skip(1);
        let id = match (segments.next(), segments.next()) {
            (Some(id), None) if !id.is_empty() => id,
            _ => return Err(NotServed::Path),
        };
        match *method {
            Method::DELETE => Ok(Self::OptOut(id)),
            Method::GET => Ok(Self::Show(id)),
            Method::PUT => Ok(Self::Register(id)),
            _ => Err(NotServed::Method),
        }
    }
}

/// 404, or 405 with the header Allow (RFC 9110, section 15.5.6).
impl From<NotServed> for Reply {
    fn from(not_served: NotServed) -> Self {
        match not_served {
            NotServed::Method => {
                let problem = Problem::new(ProblemType::MethodNotAllowed, "send a PUT, GET or DELETE request");
                Self::from(problem).allowing("PUT, GET, DELETE")
            }
            NotServed::Path => Self::from(Problem::new(
                ProblemType::NotFound,
                "there are PUT, GET and DELETE /devices/{id}",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_is_known_by_what_follows_devices() {
        let put = |path| Route::of(&Method::PUT, path);
        assert_eq!(put("/devices/a"), Ok(Route::Register("a")));
        assert_eq!(put("/live/devices/a"), Ok(Route::Register("a")));
        assert_eq!(put("/devices/devices"), Ok(Route::Register("devices")));
        for path in ["/", "/devices", "/devices/", "/devices/a/", "/devices/a/b", "/a"] {
            assert_eq!(put(path), Err(NotServed::Path), "{path}");
        }
    }

    #[test]
    fn three_methods_are_served() {
        let of = |method| Route::of(&method, "/devices/a");
        assert_eq!(of(Method::GET), Ok(Route::Show("a")));
        assert_eq!(of(Method::DELETE), Ok(Route::OptOut("a")));
        for method in [Method::POST, Method::PATCH, Method::HEAD] {
            assert_eq!(of(method), Err(NotServed::Method));
        }
    }

    proptest! {
        #[test]
        fn no_path_makes_it_panic(path in any::<String>()) {
            let _ = Route::of(&Method::PUT, &path);
            let _ = Route::of(&Method::PUT, &format!("/devices/{path}"));
        }
    }
}

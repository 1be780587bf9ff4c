//! Which kind of server a run uses.

use crate::environment::{self, Environment};
use crate::{ServerError, redis};

const NAME: &str = "CONTRAIT_SERVERS";

/// Whether a run uses real servers or embedded ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// A server inside the test process, such as `redis-embedded`.
    Embedded,
    /// A server of its own, as [`Redis`](crate::Redis) finds it.
    Real,
}

impl Choice {
    /// What `CONTRAIT_SERVERS` asks for; where it is unset, [`Real`](Self::Real) if `CONTRAIT_REDIS_URL` is set, since
    /// who names a server wants it used, and [`Embedded`](Self::Embedded) otherwise.
    ///
    /// # Errors
    ///
    /// [`ServerError::Setting`] if `CONTRAIT_SERVERS` is neither `embedded` nor `real`.
    pub fn from_environment(environment: &dyn Environment) -> Result<Self, ServerError> {
        match environment::text(environment, NAME)? {
            Some(value) => Self::parse(&value),
            None if environment::value(environment, redis::URL).is_some() => Ok(Self::Real),
            None => Ok(Self::Embedded),
        }
    }

    fn parse(value: &str) -> Result<Self, ServerError> {
        match value {
            "embedded" => Ok(Self::Embedded),
            "real" => Ok(Self::Real),
            other => Err(ServerError::Setting {
                name: NAME,
                problem: format!("it is `{other}`, and can be `embedded` or `real`"),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Choice;

    #[test]
    fn each_name_chooses_its_kind() {
        let choose = |value| Choice::from_environment(&[("CONTRAIT_SERVERS", value)]).unwrap();
        assert_eq!(choose("embedded"), Choice::Embedded);
        assert_eq!(choose("real"), Choice::Real);
    }

    #[test]
    fn unset_is_embedded_unless_a_server_is_named() {
        let url = ("CONTRAIT_REDIS_URL", "redis://h");
        let choose = |environment: &[_; 2]| Choice::from_environment(environment).unwrap();
        assert_eq!(Choice::from_environment(&[]).unwrap(), Choice::Embedded);
        assert_eq!(choose(&[url, ("CONTRAIT_SERVERS", "")]), Choice::Real);
        assert_eq!(
            choose(&[url, ("CONTRAIT_SERVERS", "embedded")]),
            Choice::Embedded
        );
        assert_eq!(
            choose(&[("CONTRAIT_REDIS_URL", ""), ("CONTRAIT_SERVERS", "")]),
            Choice::Embedded
        );
    }

    #[test]
    fn another_name_is_an_error_that_names_both() {
        let error = Choice::from_environment(&[("CONTRAIT_SERVERS", "Real")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "CONTRAIT_SERVERS cannot be used: it is `Real`, and can be `embedded` or `real`"
        );
    }
}

//! Operations as JSON: `{"set": {"key": "k", "value": [118], "ttl": null}}`.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::build::Build;
use super::codec::Codec;
use super::method::Parameter;
use super::{Field, Operation};

/// Writes an operation.
///
/// # Errors
/// That of the serializer.
pub fn serialize<O: Operation, S: Serializer>(
    operation: &O,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut arguments = Map::new();
    operation.visit(&mut |parameter, field: &dyn Field| {
        arguments.insert(parameter.name.to_owned(), field.to_json());
    });
    let name = operation.about().name.to_owned();
    let whole = Map::from_iter([(name, Value::Object(arguments))]);
    whole.serialize(serializer)
}

/// Reads an operation.
///
/// # Errors
/// Where it names a method or an argument that the contract does not have, or leaves one out.
pub fn deserialize<'de, O: Operation, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<O, D::Error> {
    let whole = Map::deserialize(deserializer)?;
    from_json(whole).map_err(D::Error::custom)
}

fn from_json<O: Operation>(whole: Map<String, Value>) -> Result<O, String> {
    let mut calls = whole.into_iter();
    let (Some((name, arguments)), None) = (calls.next(), calls.next()) else {
        return Err("an operation is an object with one field, named after the method".to_owned());
    };
    let method = O::CONTRACT.find(&name)?;
    let Value::Object(arguments) = arguments else {
        return Err(format!(
            "the arguments of `{name}` are an object with a field each"
        ));
    };
    let mut arguments = Arguments { arguments };
    let operation = O::build(method, &mut arguments)?;
    match arguments.arguments.keys().next() {
        None => Ok(operation),
        Some(unknown) => Err(format!("`{name}` has no argument `{unknown}`")),
    }
}

struct Arguments {
    arguments: Map<String, Value>,
}

impl Build for Arguments {
    type Error = String;

    fn argument<T: Clone + 'static>(
        &mut self,
        parameter: &'static Parameter,
        codec: impl Codec<T>,
    ) -> Result<T, String> {
        let Parameter { name, ty, .. } = parameter;
        let json = self
            .arguments
            .remove(*name)
            .ok_or_else(|| format!("the argument `{name}` is missing"))?;
        codec
            .parse_json(&json)
            .map_err(|error| format!("the argument `{name}` is no `{ty}`: {error}"))
    }
}

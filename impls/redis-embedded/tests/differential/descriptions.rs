//! What COMMAND tells, without the order in which a server happens to tell it, and without its notes.

use super::wire::Value;

/// A reply with its sets in order.
pub(crate) fn ordered(reply: &Value) -> Value {
    let Value::Many(mark, items) = reply else {
        return reply.clone();
    };
    let mut items: Vec<Value> = items.iter().map(ordered).collect();
    if let Some(at) = items.iter().position(|item| is_text(item, b"notes")) {
        items.drain(at..items.len().min(at + 2));
    }
    // In RESP2 a set is an array. It is of one kind of elements, as what has an order of its own is not.
    let kind = items.first().map(std::mem::discriminant);
    if items
        .iter()
        .all(|item| Some(std::mem::discriminant(item)) == kind)
    {
        items.sort_by_cached_key(Value::to_string);
    }
    Value::Many(*mark, items)
}

/// A reply without the commands of the module for vector sets, the only ones in upper case.
pub(crate) fn without_vector_sets(reply: &Value) -> Value {
    let is_vector = |item: &&Value| {
        let name = item.items().first().unwrap_or(item);
        matches!(name, Value::Bulk(_, name) if name.starts_with(b"V"))
    };
    match reply {
        Value::Many(mark, items) => {
            let others = items.iter().filter(|item| !is_vector(item)).cloned();
            Value::Many(*mark, others.collect())
        }
        other => other.clone(),
    }
}

fn is_text(value: &Value, text: &[u8]) -> bool {
    matches!(value, Value::Bulk(_, bytes) if bytes == text)
}

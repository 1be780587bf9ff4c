//! Random arguments of the kinds that patterns name.

use super::dice::Dice;

const VALUES: [&str; 20] = [
    "",
    "a",
    "b",
    "abc",
    "1",
    "-7",
    "10",
    "3.5",
    "3.0e3",
    "9223372036854775807",
    "hello world",
    "-9223372036854775808",
    "012",
    " 1",
    "\r\n",
    "\u{0}\u{1}",
    "ohmytext",
    "mynewtext",
    "inf",
    "x123456789012345678901234567890123456789012345678901234567890123456789",
];
const INTS: [&str; 16] = [
    "0",
    "1",
    "-1",
    "2",
    "3",
    "5",
    "-2",
    "-5",
    "10",
    "100",
    "-100",
    "9223372036854775807",
    "-9223372036854775808",
    "4294967296",
    "x",
    "1.5",
];
const FLOATS: [&str; 16] = [
    "0",
    "1",
    "-1",
    "2.5",
    "0.1",
    "1e3",
    "-3.25",
    "inf",
    "-inf",
    "nan",
    "x",
    "",
    "1e-7",
    "100",
    "123456789012345",
    "0.30000000000000004",
];
pub(crate) const JUNK: [&str; 12] = [
    "",
    "x",
    "-1",
    "0",
    "nx",
    "limit",
    "99999999999999999999",
    "(",
    "[",
    "withscores",
    "get",
    "*",
];

const SCRIPTS: [&str; 24] = [
    "return redis.call('incr', KEYS[1])",
    "return redis.call('get', KEYS[1])",
    "return {KEYS[1], ARGV[1], 3.7, true, false, 1}",
    "return redis.pcall('lpush', KEYS[1], 'a', 'b')",
    "return redis.error_reply('X y')",
    "return redis.status_reply('fine')",
    "return ((",
    "return cjson.encode({1, 'a', {b = 2.5}, {}})",
    "return cjson.decode('[1, {\"a\": [true, \"x\"]}]')[2].a",
    "error('boom')",
    "x = 1",
    "return y",
    "return redis.call('nope')",
    "redis.setresp(3); return redis.call('hgetall', KEYS[1])",
    "return tostring(redis.call('get', 'none'))",
    "return #ARGV",
    "return redis.call('zrange', KEYS[1], 0, -1, 'withscores')",
    "return redis.call('set', KEYS[1])",
    "local t = {} for i = 1, 5 do t[i] = i * i end return t",
    "return redis.call('set', KEYS[1], ARGV[1], 'ex', 1000)",
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end",
    "return bit.band(5, 3) + bit.lshift(1, 4)",
    "return {err = 'MINE of this'}",
    "return redis.pcall('incr', KEYS[1], 'x').err",
];

/// An argument of a kind, named by its letters.
pub(crate) fn argument(kind: &str, dice: &mut Dice) -> Vec<u8> {
    let text = match kind {
        // Any key, or mostly one that holds the type the command is about.
        "K" => format!("k{}", dice.roll(4)),
        "KS" => key(dice, "s"),
        "KL" => key(dice, "l"),
        "KH" => key(dice, "h"),
        "KE" => key(dice, "e"),
        "KZ" => key(dice, "z"),
        "KX" => key(dice, "x"),
        "KB" => key(dice, "b"),
        "KP" => key(dice, "p"),
        "KG" => key(dice, "g"),
        "V" => dice.pick(&VALUES).into(),
        "M" => match dice.roll(12) {
            0 => dice.pick(&VALUES).into(),
            1..5 => dice.roll(8).to_string(),
            _ => dice.pick(&["a", "b", "c", "d", "e", "f", "g"]).into(),
        },
        "I" => match dice.roll(3) {
            0 => dice.pick(&INTS).into(),
            _ => (i64::try_from(dice.roll(14)).unwrap_or_default() - 4).to_string(),
        },
        "N" => dice.roll(4).to_string(),
        "F" => dice.pick(&FLOATS).into(),
        "SC" => match dice.roll(4) {
            0 => dice.pick(&FLOATS).into(),
            _ => dice.roll(6).to_string(),
        },
        "SB" => match dice.roll(6) {
            0 => "-inf".into(),
            1 => "+inf".into(),
            2 => format!("({}", dice.roll(6)),
            3 => dice.pick(&FLOATS).into(),
            _ => dice.roll(6).to_string(),
        },
        "LB" => match dice.roll(6) {
            0 => "-".into(),
            1 => "+".into(),
            2 => dice.pick(&JUNK).into(),
            3 => format!("({}", dice.pick(&["a", "b", "c", "d", "e"])),
            _ => format!("[{}", dice.pick(&["a", "b", "c", "d", "e"])),
        },
        // Times that are over, far away, or wrong: nothing expires while the test looks.
        "TTL" => dice
            .pick(&[
                "1000",
                "5000",
                "100000",
                "0",
                "-1",
                "x",
                "9223372036854775807",
                "20000",
            ])
            .into(),
        "AT" => dice
            .pick(&["32503680000", "1", "0", "-5", "x", "32503690000"])
            .into(),
        "ATMS" => dice
            .pick(&["32503680000000", "1", "0", "-5", "x", "32503690000000"])
            .into(),
        "GLOB" => dice
            .pick(&[
                "*", "k*", "*1", "k[0-2]", "?1", "[^a]*", "\\k1", "h?", "z*1",
            ])
            .into(),
        "ID" => match dice.roll(10) {
            0 => dice
                .pick(&[
                    "x",
                    "-",
                    "+",
                    "0",
                    "1-",
                    "-1",
                    "*x",
                    "18446744073709551615-18446744073709551615",
                ])
                .into(),
            1..4 => format!("{}", 1 + dice.roll(9)),
            _ => format!("{}-{}", 1 + dice.roll(9), dice.roll(4)),
        },
        "XID" => match dice.roll(8) {
            0 => dice
                .pick(&[
                    "x",
                    "0-0",
                    "5-*",
                    "9-*",
                    "0",
                    "18446744073709551615-18446744073709551615",
                ])
                .into(),
            _ => format!("{}-{}", 1 + dice.roll(40), dice.roll(4)),
        },
        "RB" => match dice.roll(6) {
            0 => "-".into(),
            1 => "+".into(),
            2 => format!("({}", 1 + dice.roll(9)),
            3 => format!("{}-{}", 1 + dice.roll(9), dice.roll(3)),
            _ => format!("{}", 1 + dice.roll(20)),
        },
        "GRP" => dice.pick(&["g1", "g2", "g1", "nogroup"]).into(),
        "CON" => dice.pick(&["alice", "bob", "carol"]).into(),
        "BIT" => dice
            .pick(&[
                "0",
                "1",
                "7",
                "8",
                "15",
                "33",
                "100",
                "-1",
                "x",
                "4294967296",
            ])
            .into(),
        "BT" => dice
            .pick(&[
                "u8", "i8", "u1", "i64", "u63", "i5", "u64", "i16", "x", "i0",
            ])
            .into(),
        "BO" => dice
            .pick(&["0", "1", "#1", "#2", "7", "100", "-1", "x", "#x"])
            .into(),
        "BV" => dice
            .pick(&[
                "0",
                "1",
                "-1",
                "127",
                "255",
                "300",
                "-200",
                "9223372036854775807",
                "x",
            ])
            .into(),
        "LON" => dice
            .pick(&[
                "13.361389",
                "15.087269",
                "0",
                "-179.5",
                "2.349014",
                "181",
                "x",
                "-0.1278",
            ])
            .into(),
        "LAT" => dice
            .pick(&[
                "38.115556",
                "37.502669",
                "0",
                "48.864716",
                "-85.1",
                "86",
                "x",
                "51.5074",
            ])
            .into(),
        "DIST" => dice
            .pick(&["100", "200", "1000", "0", "-1", "x", "300.5", "20000"])
            .into(),
        "UNIT" => dice.pick(&["m", "km", "ft", "mi", "km", "km", "x"]).into(),
        "DB" => dice.pick(&["0", "1", "2", "15", "16", "-1", "x"]).into(),
        "OP" => dice.pick(&["and", "or", "xor", "not", "AND", "x"]).into(),
        "LUA" => dice.pick(&SCRIPTS).into(),
        _ => panic!("no kind of argument: {kind}"),
    };
    text.into_bytes()
}

fn key(dice: &mut Dice, letter: &str) -> String {
    if dice.roll(12) == 0 {
        format!("k{}", dice.roll(4))
    } else {
        format!("{letter}{}", dice.roll(3))
    }
}

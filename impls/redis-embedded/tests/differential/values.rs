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
/// Those that are too large or too small are in `cases.txt` only: a SORT of Redis 7.0 that comes later may take the error
/// that they left in C's `errno` for one of its own.
const FLOATS: [&str; 21] = [
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
    "0x1.8p1",
    "-0X10",
    "0x1p",
    "\t2",
    "1\u{0}2",
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

/// The names of scripts, of which the first ones are those of scripts below.
const SHAS: [&str; 5] = [
    "2bab3b661081db58bd2341920e0ba7cf5dc77b25",
    "4e6d8fc8bb01276962cce5371fa795a7763657ae",
    "e9f69f2beb755be68b5e456ee2ce9aadfbc4ebf4",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "x",
];

/// What a real server answered to DUMP, and what it would not.
const PAYLOADS: [&str; 12] = [
    "00 c1 39 30 0a 00 9d 94 ea 27 93 fc 08 b9",
    "00 c3 0b 3c 03 61 62 63 61 e0 2d 02 01 62 63 0a 00 6f 60 29 e4 af d7 64 ac",
    "00 c2 90 ee fe ff 0a 00 28 75 de 7b 13 eb 28 00",
    "00 05 68 65 6c 6c 6f 0a 00 63 72 df 76 65 34 20 0a",
    "12 01 02 16 16 00 00 00 04 00 01 01 83 61 62 63 04 df fb 02 f2 70 11 01 04 ff 0a 00 98 23 76 bf 45 aa 4f 23",
    "0b 14 04 00 00 00 03 00 00 00 90 ee fe ff 01 00 00 00 02 00 00 00 0a 00 5d 9d f7 da 2f 43 d0 6b",
    "02 02 01 61 01 62 0a 00 fe 64 21 25 eb 03 3d 0d",
    "10 12 12 00 00 00 04 00 81 66 02 81 76 02 81 67 02 01 01 ff 0a 00 23 c1 a5 e3 5d fa e8 1c",
    "11 14 14 00 00 00 04 00 81 61 02 01 01 81 62 02 83 32 2e 35 04 ff 0a 00 d4 4c 6e a4 f6 44 d9 d7",
    "13 01 10 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 01 28 28 00 00 00 0f 00 02 01 00 01 01 01 81 66 02 00 01 02 01 00 01 00 01 81 76 02 04 01 02 01 01 01 00 01 81 77 02 04 01 ff 02 02 01 01 01 00 00 02 01 02 67 31 00 00 81 ff ff ff ff ff ff ff ff 00 00 0a 00 00 4b 5f 8c 03 c1 95 2b",
    "00 c1 39 30 0a 00 9d 94 ea 27 93 fc 08 b8",
    "00 05 68 65 6c 6c 6f 0a 00 63 72 df 76 65",
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

/// The arguments of a kind, named by its letters: mostly one.
pub(crate) fn arguments(kind: &str, dice: &mut Dice) -> Vec<Vec<u8>> {
    let count = 2 * (60 + dice.roll(240));
    match kind {
        "MANY" => (0..count)
            .map(|number| format!("m{number}").into_bytes())
            .collect(),
        "INTS" => (0..count)
            .map(|number| number.to_string().into_bytes())
            .collect(),
        _ => vec![argument(kind, dice)],
    }
}

fn argument(kind: &str, dice: &mut Dice) -> Vec<u8> {
    let text = match kind {
        // Any key, or mostly one that holds the type the command is about.
        "K" => format!("k{}", dice.roll(4)),
        "KS" => key(dice, "s"),
        "KL" => key(dice, "l"),
        "KH" => key(dice, "h"),
        "KE" => key(dice, "e"),
        "KZ" => key(dice, "z"),
        // Sorted sets that have one score, as ranges of members need it.
        "KY" => format!("y{}", dice.roll(3)),
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
        // Times that are over, far away and not the same, or wrong: nothing expires while the test looks, and which of two
        // is later is no matter of milliseconds.
        "TTL" | "HMS" => match dice.roll(8) {
            0 => "0".into(),
            1 => "-1".into(),
            2 => "x".into(),
            3 => "9223372036854775807".into(),
            4 if kind == "HMS" => "70368744177664".into(),
            _ => format!("{}000", 1000 + dice.roll(1_000_000)),
        },
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
        "LIB" => dice.pick(&LIBRARIES).into(),
        "FUN" => dice.pick(&["f1", "F1", "f2", "ro", "bad", "nosuch"]).into(),
        "FPAY" => return dice.pick(&LIBRARY_PAYLOADS).split(' ').map(byte).collect(),
        "USER" => dice.pick(&["u1", "u1", "u2", "a b"]).into(),
        "RULE" => dice.pick(&RULES).into(),
        "CGLOB" => dice
            .pick(&["ge*", "client*", "x*", "h?et", "*ttl", "nosuch*"])
            .into(),
        "PLUS" => "+".into(),
        "STAR" => "*".into(),
        "BY" => dice
            .pick(&["w*", "s*", "h*->a", "h*->", "#", "nosort", "*", "x", "k*"])
            .into(),
        "CH" => dice.pick(&["news", "news.*", "n?ws", ""]).into(),
        "BIN" => return binary(dice),
        "BIG" => return big(dice),
        "PAY" => return dice.pick(&PAYLOADS).split(' ').map(byte).collect(),
        "SHA" => dice.pick(&SHAS).into(),
        "LUA" => dice.pick(&SCRIPTS).into(),
        _ => panic!("no kind of argument: {kind}"),
    };
    text.into_bytes()
}

/// Libraries, of which the last ones are not well-formed.
const LIBRARIES: [&str; 7] = [
    "#!lua name=lib1\nredis.register_function('f1', function(k, a) return {k[1], a[1], #k} end)",
    "#!lua name=lib1\nredis.register_function{function_name='f2', callback=function(k, a) \
     return redis.call('set', k[1], a[1]) end, description='sets'}\n\
     redis.register_function{function_name='ro', flags={'no-writes'}, callback=function(k, a) \
     return redis.call('get', k[1]) end}",
    "#!lua name=lib2\nredis.register_function{function_name='bad', flags={'no-writes', \
     'allow-stale'}, callback=function(k, a) return redis.call('del', k[1]) end}",
    "#!lua name=lib2\nlocal function f(k, a) return redis.pcall('incr', k[1]) end\n\
     redis.register_function('f1', f)",
    "#!lua name=lib2\nx = 1",
    "#!lua name=lib2\nreturn 1",
    "#!lua\nreturn 1",
];

/// What a real server answered to FUNCTION DUMP.
const LIBRARY_PAYLOADS: [&str; 2] = [
    "f5 c3 40 53 40 59 1f 23 21 6c 75 61 20 6e 61 6d 65 3d 6c 69 62 31 0a 72 65 64 69 73 2e 72 65 67 69 73 74 65 72 5f 66 0d 75 6e 63 74 69 6f 6e 28 27 66 31 27 2c 20 e0 00 0e 11 6b 2c 20 61 29 20 72 65 74 75 72 6e 20 7b 6b 5b 31 5d 20 10 60 05 07 23 6b 7d 20 65 6e 64 29 0a 00 d3 fe 96 e1 e7 1c 3b 9d",
    "f5 c3 40 53 40 59 1f 23 21 6c 75 61 20 6e 61 6d 65 3d 6c 69 62 32 0a 72 65 64 69 73 2e 72 65 67 69 73 74 65 72 5f 66 0d 75 6e 63 74 69 6f 6e 28 27 66 32 27 2c 20 e0 00 0e 11 6b 2c 20 61 29 20 72 65 74 75 72 6e 20 7b 6b 5b 31 5d 20 10 60 05 07 23 6b 7d 20 65 6e 64 29 0a 00 a9 f5 f7 01 32 cc 94 24",
];

/// Rules for users.
const RULES: [&str; 44] = [
    "on",
    "off",
    "nopass",
    "resetpass",
    ">pw",
    "<pw",
    ">x",
    "allkeys",
    "~*",
    "~s*",
    "~s0",
    "%R~s*",
    "%W~k*",
    "%RW~h*",
    "resetkeys",
    "&*",
    "&news",
    "allchannels",
    "resetchannels",
    "+@all",
    "-@all",
    "+@read",
    "+@write",
    "+@string",
    "-@hash",
    "+get",
    "-get",
    "+set",
    "+client|id",
    "-config|set",
    "+config|get",
    "+select|0",
    "+nosuch",
    "+@nosuch",
    "bad",
    "reset",
    "clearselectors",
    "(+get ~s*)",
    "(+@all %R~*)",
    "+@fast",
    "-@slow",
    "(+get",
    "%X~a",
    "+@connection",
];

/// The byte of two hexadecimal digits.
fn byte(digits: &str) -> u8 {
    u8::from_str_radix(digits, 16).unwrap_or_default()
}

/// A few bytes of any kind.
fn binary(dice: &mut Dice) -> Vec<u8> {
    let length = dice.roll(6);
    (0..length)
        .map(|_| u8::try_from(dice.roll(256)).unwrap_or_default())
        .collect()
}

/// A text of a length around which servers change how they keep it.
fn big(dice: &mut Dice) -> Vec<u8> {
    const LENGTHS: [usize; 10] = [44, 45, 63, 64, 65, 127, 128, 4096, 9000, 40_000];
    let length = LENGTHS[dice.roll(LENGTHS.len())];
    vec![b"xyz"[dice.roll(3)]; length]
}

fn key(dice: &mut Dice, letter: &str) -> String {
    if dice.roll(12) == 0 {
        format!("k{}", dice.roll(4))
    } else {
        format!("{letter}{}", dice.roll(3))
    }
}

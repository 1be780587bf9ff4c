//! Places on the earth as numbers of 52 bits, near ones mostly near each other, as Redis keeps
//! them in the scores of sorted sets.

const LAT_LIMIT: f64 = 85.051_128_78;
const LON_LIMIT: f64 = 180.0;
const RADIUS: f64 = 6_372_797.560_856;
const STEPS: u32 = 26;

/// A place: longitude and latitude, in degrees.
pub(crate) type Place = (f64, f64);

/// Whether a place can be kept.
pub(crate) fn is_valid((lon, lat): Place) -> bool {
    (-LON_LIMIT..=LON_LIMIT).contains(&lon) && (-LAT_LIMIT..=LAT_LIMIT).contains(&lat)
}

fn spread(word: u32) -> u64 {
    let mut bits = u64::from(word);
    bits = (bits | bits << 16) & 0x0000_ffff_0000_ffff;
    bits = (bits | bits << 8) & 0x00ff_00ff_00ff_00ff;
    bits = (bits | bits << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    bits = (bits | bits << 2) & 0x3333_3333_3333_3333;
    (bits | bits << 1) & 0x5555_5555_5555_5555
}

fn squash(bits: u64) -> u32 {
    let mut bits = bits & 0x5555_5555_5555_5555;
    bits = (bits | bits >> 1) & 0x3333_3333_3333_3333;
    bits = (bits | bits >> 2) & 0x0f0f_0f0f_0f0f_0f0f;
    bits = (bits | bits >> 4) & 0x00ff_00ff_00ff_00ff;
    bits = (bits | bits >> 8) & 0x0000_ffff_0000_ffff;
    (bits | bits >> 16) as u32
}

fn encode_within((lon, lat): Place, lat_limit: f64) -> u64 {
    let scale = f64::from(1u32 << STEPS);
    let lat = (lat + lat_limit) / (2.0 * lat_limit) * scale;
    let lon = (lon + LON_LIMIT) / (2.0 * LON_LIMIT) * scale;
    spread(lat as u32) | spread(lon as u32) << 1
}

/// The score a place has.
pub(crate) fn encode(place: Place) -> f64 {
    encode_within(place, LAT_LIMIT) as f64
}

/// The middle of the field a score stands for.
pub(crate) fn decode(score: f64) -> Place {
    let bits = score as u64;
    let scale = f64::from(1u32 << STEPS);
    let middle = |word: u32, limit: f64| {
        let low = -limit + f64::from(word) / scale * (2.0 * limit);
        let high = -limit + (f64::from(word) + 1.0) / scale * (2.0 * limit);
        ((low + high) / 2.0).clamp(-limit, limit)
    };
    (
        middle(squash(bits >> 1), LON_LIMIT),
        middle(squash(bits), LAT_LIMIT),
    )
}

/// The eleven letters of the usual geohash, of which Redis knows ten.
pub(crate) fn letters(score: f64) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
    // The usual geohash covers all latitudes.
    let bits = encode_within(decode(score), 90.0);
    let letter = |place: u32| match place {
        10 => '0',
        place => ALPHABET[(bits >> (52 - (place + 1) * 5) & 31) as usize] as char,
    };
    (0..11).map(letter).collect()
}

/// The distance of two places in metres, on a sphere.
pub(crate) fn distance(a: Place, b: Place) -> f64 {
    let (lon_a, lon_b) = (a.0.to_radians(), b.0.to_radians());
    let (lat_a, lat_b) = (a.1.to_radians(), b.1.to_radians());
    let v = ((lon_b - lon_a) / 2.0).sin();
    let u = ((lat_b - lat_a) / 2.0).sin();
    if v == 0.0 {
        return RADIUS * (lat_b - lat_a).abs();
    }
    let a = u * u + lat_a.cos() * lat_b.cos() * v * v;
    2.0 * RADIUS * a.sqrt().asin()
}

/// The distance of a place from another if it lies in a box around that, in metres.
pub(crate) fn in_box(center: Place, place: Place, width: f64, height: f64) -> Option<f64> {
    let north = RADIUS * (place.1.to_radians() - center.1.to_radians()).abs();
    if north > height / 2.0 {
        return None;
    }
    let east = distance((place.0, place.1), (center.0, place.1));
    (east <= width / 2.0).then(|| distance(center, place))
}

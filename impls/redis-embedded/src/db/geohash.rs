//! Places on the earth as the scores Redis keeps them in: latitude and longitude, 26 bits each,
//! interleaved.
//!
//! The arithmetic follows Redis step by step, since replies show its rounding.

/// The earth's radius in metres.
const RADIUS: f64 = 6_372_797.560_856;
/// Half the earth's circumference in the Mercator projection.
const MERCATOR: f64 = 20_037_726.37;
/// The latitudes a place may have; the projection has no poles.
pub(crate) const MOST_LATITUDE: f64 = 85.051_128_78;
pub(crate) const MOST_LONGITUDE: f64 = 180.0;
const STEPS: u32 = 26;

/// A longitude and a latitude in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    pub(crate) longitude: f64,
    pub(crate) latitude: f64,
}

/// A square of the grid with 2^step columns and rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    x: u64,
    y: u64,
    step: u32,
}

/// What a search looks for, in metres.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    Circle { radius: f64 },
    Box { width: f64, height: f64 },
}

/// The bits of a number, each with a zero above it.
fn spread(number: u64) -> u64 {
    (0..32).fold(0, |wide, bit| wide | (number >> bit & 1) << (2 * bit))
}

/// Every second bit of a number.
fn gather(wide: u64) -> u64 {
    (0..32).fold(0, |number, bit| number | (wide >> (2 * bit) & 1) << bit)
}

impl Cell {
    fn of(place: Place, step: u32, most_latitude: f64) -> Cell {
        let scale = (1u64 << step) as f64;
        let latitude = (place.latitude + most_latitude) / (most_latitude - -most_latitude) * scale;
        let longitude = (place.longitude + 180.0) / 360.0 * scale;
        Cell {
            x: longitude as u64,
            y: latitude as u64,
            step,
        }
    }

    fn bits(self) -> u64 {
        spread(self.y) | spread(self.x) << 1
    }

    /// The scores of the places in it, the second one not included.
    fn scores(self) -> (f64, f64) {
        let shift = 52 - 2 * self.step;
        let bits = self.bits();
        ((bits << shift) as f64, ((bits + 1) << shift) as f64)
    }

    fn beside(self, x: i64, y: i64) -> Cell {
        let mask = (1u64 << self.step) - 1;
        Cell {
            x: self.x.wrapping_add_signed(x) & mask,
            y: self.y.wrapping_add_signed(y) & mask,
            step: self.step,
        }
    }

    /// Its lowest and its highest longitude, and the same of its latitude.
    fn borders(self) -> ((f64, f64), (f64, f64)) {
        let scale = (1u64 << self.step) as f64;
        let between = |at: u64, most: f64| {
            let low = -most + at as f64 / scale * (most - -most);
            let high = -most + (at + 1) as f64 / scale * (most - -most);
            (low, high)
        };
        (
            between(self.x, MOST_LONGITUDE),
            between(self.y, MOST_LATITUDE),
        )
    }
}

/// The score of a place.
pub(crate) fn encode(place: Place) -> f64 {
    Cell::of(place, STEPS, MOST_LATITUDE).bits() as f64
}

/// The place of a score: the middle of its cell.
pub(crate) fn decode(score: f64) -> Place {
    let bits = score as u64;
    let cell = Cell {
        x: gather(bits >> 1),
        y: gather(bits),
        step: STEPS,
    };
    let ((west, east), (south, north)) = cell.borders();
    Place {
        longitude: ((west + east) / 2.0).clamp(-MOST_LONGITUDE, MOST_LONGITUDE),
        latitude: ((south + north) / 2.0).clamp(-MOST_LATITUDE, MOST_LATITUDE),
    }
}

/// The eleven letters that other programs know a place by.
pub(crate) fn letters(score: f64) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
    let bits = Cell::of(decode(score), STEPS, 90.0).bits();
    let letter = |index: usize| {
        // There are 52 bits, and the last letter would need three more.
        let five = if index == 10 {
            0
        } else {
            bits >> (52 - (index + 1) * 5) & 31
        };
        ALPHABET[usize::try_from(five).unwrap_or_default()] as char
    };
    (0..11).map(letter).collect()
}

fn radians(degrees: f64) -> f64 {
    degrees * (std::f64::consts::PI / 180.0)
}

fn degrees(radians: f64) -> f64 {
    radians / (std::f64::consts::PI / 180.0)
}

fn latitude_distance(a: f64, b: f64) -> f64 {
    RADIUS * (radians(b) - radians(a)).abs()
}

/// The distance in metres, on a sphere.
pub(crate) fn distance(a: Place, b: Place) -> f64 {
    let v = ((radians(b.longitude) - radians(a.longitude)) / 2.0).sin();
    if v == 0.0 {
        return latitude_distance(a.latitude, b.latitude);
    }
    let (first, second) = (radians(a.latitude), radians(b.latitude));
    let u = ((second - first) / 2.0).sin();
    2.0 * RADIUS * (u * u + first.cos() * second.cos() * v * v).sqrt().asin()
}

impl Shape {
    /// How far a place is from the middle, if it is in the shape.
    pub(crate) fn contains(self, middle: Place, place: Place) -> Option<f64> {
        match self {
            Shape::Circle { radius } => {
                Some(distance(middle, place)).filter(|distance| *distance <= radius)
            }
            Shape::Box { width, height } => {
                if latitude_distance(place.latitude, middle.latitude) > height / 2.0 {
                    return None;
                }
                let same_latitude = Place {
                    longitude: middle.longitude,
                    latitude: place.latitude,
                };
                if distance(place, same_latitude) > width / 2.0 {
                    return None;
                }
                Some(distance(middle, place))
            }
        }
    }

    /// Half its width, half its height, and how far its border is away.
    fn extent(self) -> (f64, f64, f64) {
        match self {
            Shape::Circle { radius } => (radius, radius, radius),
            Shape::Box { width, height } => {
                let (x, y) = (width / 2.0, height / 2.0);
                (x, y, (x * x + y * y).sqrt())
            }
        }
    }

    /// Ranges of scores that have all places in the shape around a middle, in the order in which
    /// Redis looks at them.
    pub(crate) fn ranges(self, middle: Place) -> Vec<(f64, f64)> {
        let (half_width, half_height, radius) = self.extent();
        let up = degrees(half_height / RADIUS);
        let aside = |latitude: f64| degrees(half_width / RADIUS / radians(latitude).cos());
        let widest = if middle.latitude < 0.0 {
            aside(middle.latitude - up)
        } else {
            aside(middle.latitude + up)
        };
        let (west, east) = (middle.longitude - widest, middle.longitude + widest);
        let (south, north) = (middle.latitude - up, middle.latitude + up);
        let mut step = steps(radius, middle.latitude);
        let mut cell = Cell::of(middle, step, MOST_LATITUDE);
        let vertical = |cell: Cell, y: i64| cell.beside(0, y).borders().1;
        let horizontal = |cell: Cell, x: i64| cell.beside(x, 0).borders().0;
        let too_small = vertical(cell, 1).1 < north
            || vertical(cell, -1).0 > south
            || horizontal(cell, 1).1 < east
            || horizontal(cell, -1).0 > west;
        if step > 1 && too_small {
            step -= 1;
            cell = Cell::of(middle, step, MOST_LATITUDE);
        }
        let ((left, right), (bottom, top)) = cell.borders();
        let useless = |x: i64, y: i64| {
            step >= 2
                && ((y < 0 && bottom < south)
                    || (y > 0 && top > north)
                    || (x < 0 && left < west)
                    || (x > 0 && right > east))
        };
        const ORDER: [(i64, i64); 9] = [
            (0, 0),
            (0, 1),
            (0, -1),
            (1, 0),
            (-1, 0),
            (1, 1),
            (-1, 1),
            (1, -1),
            (-1, -1),
        ];
        let wanted = ORDER.into_iter().filter(|(x, y)| !useless(*x, *y));
        let mut cells: Vec<Cell> = wanted.map(|(x, y)| cell.beside(x, y)).collect();
        // Around the whole earth, neighbours are the same cell.
        cells.dedup();
        cells.into_iter().map(Cell::scores).collect()
    }
}

/// How fine a grid has cells not smaller than a radius.
fn steps(radius: f64, latitude: f64) -> u32 {
    if radius == 0.0 {
        return STEPS;
    }
    let mut step: i32 = 1;
    let mut radius = radius;
    while radius < MERCATOR {
        radius *= 2.0;
        step += 1;
    }
    step -= 2;
    // Towards the poles, cells are narrower than they are high.
    step -= i32::from(latitude.abs() > 66.0) + i32::from(latitude.abs() > 80.0);
    u32::try_from(step.max(1)).unwrap_or(1).min(STEPS)
}

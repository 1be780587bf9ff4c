#[contract]
pub trait Leaderboard {
    fn submit(&mut self, #[key] player: &str, score: u32);

    #[read]
    fn best(&self, #[key] player: &str) -> Result<Option<u32>, Unknown>;

    fn swap<T>(&self, other: T);
}

#[contract_suite(Leaderboard, model = |_| Scores::default())]
pub mod suite {
    use super::*;

    /// Who was never there has no score.
    #[case]
    fn nobody_has_no_score(board: &mut dyn Leaderboard) {
        assert_eq!(board.best("ada"), None);
    }
}

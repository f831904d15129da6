/** What the list of deals shows of each. */
export const DEAL_COLUMNS = ['title', 'company', 'stage', 'amount', 'closes_on', 'owner', 'stage_since'];

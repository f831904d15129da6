import { transaction } from '../../db/transaction.ts';
import { forgetSilentVisitors } from '../../identity/visitors.ts';
import type { App } from '../../lib/app.ts';

/** Forgets visitors who came, wrote nothing and have not been back for a week; answers how many, a batch at a time. */
export const forgetVisitors = ({ sql }: Pick<App, 'sql'>): Promise<number> =>
  transaction(sql, forgetSilentVisitors);

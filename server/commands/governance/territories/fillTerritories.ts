import type { ErrandAnswer } from '../../../../shared/protocol/index.ts';
import type { App, Caller } from '../../../lib/app.ts';
import { startErrand } from '../../errands/start.ts';
import { perform } from '../../perform.ts';

/**
 * Brings all companies to the territories whose rules they fulfil, in the background (errands/fillSome.ts).
 * @throws ApiError `not_allowed`, `already_done` (it is under way), `session_ended`
 */
export const fillTerritories = (app: App, caller: Caller): Promise<ErrandAnswer> =>
  perform(app, caller, async (act) => {
    await act.mustHold('manage_users');
    return startErrand(act, 'fill_territories', null);
  });

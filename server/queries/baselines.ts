import { notAllowed, type BaselineAnswer, type BaselineValue } from '../../shared/protocol/index.ts';
import { canBeOpened } from '../access/baselines.ts';
import type { App, Caller } from '../lib/app.ts';
import { mayOversee } from './explain.ts';

/** What everyone signed in may do with each object that can be opened to them. @throws ApiError `not_allowed` */
export async function listBaselines(app: App, { actor }: Caller): Promise<BaselineAnswer[]> {
  if (!mayOversee(actor)) throw notAllowed('manage_roles');
  const rows = await app.sql<{ object: string; baseline: BaselineValue }[]>`
    select object, baseline from object_baseline
  `;
  const opened = new Map(rows.map(({ object, baseline }) => [object, baseline]));
  return [...app.registry.objects.values()]
    .filter(canBeOpened)
    .map(({ name }) => ({ object: name, baseline: opened.get(name) ?? 'private' }));
}

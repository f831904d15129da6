import type { MaskedRecord } from '../../../shared/access/index.ts';
import { api } from '../../net/http.ts';
import { session } from '../session.svelte.ts';
import type { UnsentWrite } from './write.ts';

/** The record after a write, or a note that it is out of reach now. */
export type Written = MaskedRecord | { id: string; version: number; gone: true };

/** Does what a write says. @throws ApiError · OfflineError */
export function sendAct({ act, seen, key }: UnsentWrite): Promise<Written> {
  const options = { idempotencyKey: key };
  switch (act.kind) {
    case 'change':
      return api.patch(
        pathOf(act.object, act.id),
        { ...act.values, ...(seen === null ? {} : { version: seen }) },
        options,
      );
    case 'create':
      return api.post(pathOf(act.object), act.values, options);
    case 'remove':
      return api.delete(pathOf(act.object, act.id), { version: seen }, options);
    case 'restore':
      return api.post(`${pathOf(act.object, act.id)}/restore`, {}, options);
    case 'say': {
      const { ticket, body, as, mentions } = act;
      return api.post(
        `/api/tickets/${ticket}/messages`,
        { body, kind: as, ...(as === 'note' && mentions.length > 0 ? { mentions } : {}) },
        options,
      );
    }
  }
}

const pathOf = (object: string, id?: string): string =>
  `/api/${session.registry.get(object).plural}${id === undefined ? '' : `/${id}`}`;

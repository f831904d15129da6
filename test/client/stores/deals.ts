import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { parseView, type View } from '../../../shared/protocol/index.ts';

export const registry = new Registry(OBJECTS);
export const deal = registry.get('deal');
export const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const ME = id(1);
export const PIPELINE = id(2);

export const view = (request: object = {}): View => parseView(deal, { sort: 'title', ...request });

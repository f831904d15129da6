import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OBJECTS } from '../../../../shared/objects/index.ts';

// Which doors there are, by the description of the API and by the sources, and which of them somebody has asked at: so
// that no door is forgotten.

const SERVER = join(import.meta.dirname, '../../../../server');

/** An operation of the OpenAPI document, as far as it is looked at here. */
interface Described {
  parameters?: { name: string; in: string }[];
  requestBody?: {
    content: Record<string, { schema?: { properties?: Record<string, unknown>; $ref?: string } }>;
  };
}

/** Doors that have been asked at, with the keys of query and body that were sent. */
export class Inventory {
  readonly asked = new Map<string, Set<string>>();

  note(door: string, query: object, body: unknown): void {
    const keys = this.asked.get(door) ?? new Set<string>();
    this.asked.set(door, keys);
    for (const key of Object.keys(query)) keys.add(key);
    if (typeof body === 'object' && body !== null) for (const key of Object.keys(body)) keys.add(key);
  }

  /** Doors, and keys of doors (`GET /api/deals sort`), that nobody has asked for. */
  missing(described: Record<string, Record<string, Described>>): string[] {
    const missing: string[] = [];
    for (const [path, doors] of Object.entries(described)) {
      for (const [method, told] of Object.entries(doors)) {
        const door = `${method.toUpperCase()} ${path}`;
        const keys = this.asked.get(door);
        if (keys) missing.push(...keysOf(told).flatMap((key) => (keys.has(key) ? [] : [`${door} ${key}`])));
        else missing.push(door);
      }
    }
    return missing;
  }
}

/** Keys of the query, and of a body that is no record. What a record has is said by the registry. */
function keysOf({ parameters = [], requestBody }: Described): string[] {
  const schema = requestBody?.content['application/json']?.schema;
  return [
    ...parameters.filter((one) => one.in === 'query').map(({ name }) => name),
    ...Object.keys(schema?.properties ?? {}),
  ];
}

/** Every route in the sources of the HTTP side as the description would call it: `GET /api/deals/{id}`. */
export function doorsInSources(): string[] {
  const folder = join(SERVER, 'http');
  const doors = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return [...text.matchAll(/\brouter\s*\.(get|post|put|patch|delete)\(\s*'([^']+)'/g)].map(
        ([, method = '', path = '']) => {
          const at = `${PREFIXES[name] ?? '/api'}${path}`.replace(/(?<=.)\/$/, '');
          return `${method.toUpperCase()} ${at.replace(/:(\w+)/g, '{$1}')}`;
        },
      );
    });
  return [...new Set(doors.flatMap(ofEachObject))].sort();
}
/** Where the routes of a file are, if not below `/api`. */
const PREFIXES: Record<string, string> = {
  'visitor.ts': '/api/visitor',
  'health.ts': '',
  'widget.ts': '',
  'client.ts': '',
};

const ofEachObject = (door: string): string[] =>
  door.includes('{plural}') ? OBJECTS.map(({ plural }) => door.replace('{plural}', plural)) : [door];

/** Messages that a client may send over the socket. */
export function socketMessages(): string[] {
  const text = readFileSync(join(SERVER, 'socket/listen.ts'), 'utf8');
  return [...text.matchAll(/socket\.on\(\s*'(\w+)'/g)].map(([, name = '']) => name).sort();
}

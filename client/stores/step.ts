import type { MaskedRecord } from '../../shared/access/index.ts';
import type { Fields, WireEvent } from '../../shared/protocol/index.ts';

/** A record after one event; the very same value where the event is older than it, or not about anything held. */
export function step(
  record: MaskedRecord | undefined,
  event: Exclude<WireEvent, ['total', ...unknown[]]>,
): MaskedRecord | undefined {
  const [op, , id, version, { by: _by, ...fields }] = event;
  switch (op) {
    case 'enter':
      return record && record.version > version ? record : whole(id, version, fields);
    case 'patch':
      return record && version > record.version ? { ...record, ...fields, id, version } : record;
    case 'scrub':
      if (!record || record.version > version) return record;
      // The version stays: the patch that belongs to this scrub carries it.
      return Object.fromEntries(Object.entries(record).filter(([name]) => !(name in fields))) as MaskedRecord; // id, version and may are never scrubbed
    case 'leave':
      return record && record.version > version ? record : undefined;
  }
}

// The wire's own description (shared/protocol/socket.ts) says that an `enter` carries a whole masked record.
const whole = (id: string, version: number, fields: Fields): MaskedRecord =>
  ({ ...fields, id, version }) as MaskedRecord;

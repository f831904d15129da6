import MapPin from '@lucide/svelte/icons/map-pin';
import Shield from '@lucide/svelte/icons/shield';
import Users from '@lucide/svelte/icons/users-round';
import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { RoleAnswer } from '../../../shared/protocol/index.ts';
import type { Target, TargetKind } from '../../../shared/protocol/policy.ts';
import { names } from '../../stores/names.svelte.ts';
import { findRecords } from '../../stores/reads.ts';
import { text } from '../../stores/values.ts';
import type { IconType, Option } from '../../ui/types.ts';
import { w } from './w.ts';

type RoleName = Pick<RoleAnswer, 'id' | 'name'>;

const OFFERED = 12;
const ICONS: Record<Exclude<TargetKind, 'user'>, IconType> = { team: Users, role: Shield, territory: MapPin };

/** A target as one text, for a list of options. */
export const valueOf = ({ kind, id }: Target): string => `${kind}:${id}`;

/** Reactive: what a target is called; '…' while its name is on its way. */
export function targetName({ kind, id }: Target, roles: readonly RoleName[]): string {
  if (kind === 'role') return roles.find((role) => role.id === id)?.name ?? w.targets.gone;
  const record = names.get(kind, id);
  return record === undefined ? '…' : ((record && text(record, 'name')) ?? w.targets.gone);
}

/** Reactive: the option that stands for a target. */
export function targetOption(target: Target, roles: readonly RoleName[]): Option {
  const label = targetName(target, roles);
  return faced(target, label, target.kind === 'user' ? names.get('user', target.id) : null);
}

/** People, teams, roles and territories whose names hold what is typed, the kinds one after another. */
export async function searchTargets(
  typed: string,
  kinds: readonly TargetKind[],
  roles: readonly RoleName[],
  without: (target: Target) => boolean,
): Promise<Option[]> {
  const found = await Promise.all(kinds.map((kind) => searchOne(kind, typed, roles)));
  return kinds.flatMap((kind, i) =>
    (found[i] ?? [])
      .filter(({ id }) => !without({ kind, id }))
      .slice(0, OFFERED)
      .map(({ id, name, record }) => ({
        ...faced({ kind, id }, name, record),
        ...(kinds.length > 1 ? { group: w.targets.groups[kind] } : {}),
      })),
  );
}

interface Found {
  id: string;
  name: string;
  record: MaskedRecord | null;
}

async function searchOne(kind: TargetKind, typed: string, roles: readonly RoleName[]): Promise<Found[]> {
  const wanted = typed.trim().toLocaleLowerCase();
  const fits = ({ name }: Found) => name.toLocaleLowerCase().includes(wanted);
  const byName = (a: Found, b: Found) => a.name.localeCompare(b.name);
  const found = (record: MaskedRecord): Found => ({
    id: record.id,
    name: text(record, 'name') ?? '—',
    record,
  });
  if (kind === 'role') return roles.map(({ id, name }) => ({ id, name, record: null })).filter(fits);
  if (kind === 'territory') {
    const filter = wanted === '' ? undefined : { name: { contains: wanted } };
    return (await findRecords('territory', { filter, limit: OFFERED })).map(found);
  }
  const active = names.all(kind).filter((record) => record['active'] !== false);
  return active.map(found).filter(fits).sort(byName);
}

function faced({ kind, id }: Target, label: string, record: MaskedRecord | null | undefined): Option {
  const value = valueOf({ kind, id });
  if (kind !== 'user') return { value, label, icon: ICONS[kind], text: w.targets.kinds[kind] };
  const title = record ? text(record, 'title') : null;
  return { value, label, person: { id, name: label }, ...(title ? { text: title } : {}) };
}

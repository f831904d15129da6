import { OBJECTS, Registry, RESERVED_NAMES, type CustomField } from '../../../shared/objects/index.ts';
import { isImportable } from '../../../shared/imports/importable.ts';
import { newId } from '../../../shared/lib/ids.ts';
import {
  FIELD_LIMITS,
  invalid,
  notFound,
  type FieldsAnswer,
  type NewField,
  type NewFields,
} from '../../../shared/protocol/index.ts';
import { holdPolicy, logAccess } from '../../access/accessLog.ts';
import { loadCustomFields, takeUpCustomFields } from '../../access/customFields.ts';
import { audit } from '../../identity/audit.ts';
import type { App, Caller } from '../../lib/app.ts';
import { perform } from '../perform.ts';

/**
 * Adds fields of the organisation's own to an object: all of them, or none. Every node takes them up with its next
 * poll, and everyone's rights are read anew, as they may see more now. Blames `fields.N.label` and the like.
 * @throws ApiError `not_allowed`, `not_found` (no such object, or none that people write), `invalid`, `session_ended`
 */
export async function createFields(app: App, caller: Caller, request: NewFields): Promise<FieldsAnswer> {
  const fields = await perform(app, caller, async (act) => {
    const { tx, ctx } = act;
    await holdPolicy(tx);
    await act.mustHold('manage_settings');
    const custom = await loadCustomFields(tx);
    const object = new Registry(OBJECTS, custom).find(request.object);
    if (!object || !isImportable(object)) throw notFound();
    const own = custom.filter((field) => field.object === object.name);
    mustBeWithin(own.length, request.fields);
    const taken = new Set([...Object.keys(object.fields), ...RESERVED_NAMES, ...BESIDE]);
    const labels = new Set(Object.values(object.fields).map(({ label }) => label.toLowerCase()));
    const fields = request.fields.map((field, i) => {
      if (labels.has(field.label.toLowerCase()))
        throw invalid({ [`fields.${i}.label`]: 'There is a field of this name' });
      labels.add(field.label.toLowerCase());
      const name = freeName(field.label, taken);
      taken.add(name);
      return asField(object.name, name, field);
    });
    for (const [i, field] of fields.entries()) {
      const id = newId();
      await tx`
        insert into custom_field ${tx({ id, ...field, choices: tx.json(field.choices), position: own.length + i })}
      `;
      const after = {
        name: field.name,
        label: field.label,
        kind: field.kind,
        sensitivity: field.sensitivity,
      };
      await audit(tx, { ...act.by, action: 'field.create', object: object.name, targetId: id, after });
    }
    await logAccess(tx, { users: null, cause: 'field.create', actorId: ctx.actorId });
    act.pokes.add('access');
    return fields;
  });
  await takeUpCustomFields(app);
  return { fields };
}

/** What a column of a file may become beside fields: a field of that name could not be told from it. */
const BESIDE = ['roles', 'done', 'belongs_to'];

function mustBeWithin(held: number, fields: readonly NewField[]): void {
  if (held + fields.length > FIELD_LIMITS.perObject)
    throw invalid({ fields: `At most ${FIELD_LIMITS.perObject} fields of your own for one object` });
  for (const [i, { kind, choices }] of fields.entries()) {
    if ((kind === 'choice') !== (choices !== undefined))
      throw invalid({ [`fields.${i}.choices`]: 'A choice has choices, and nothing else has' });
    const distinct = new Set(choices?.map((text) => text.toLowerCase()));
    if (choices && distinct.size < choices.length)
      throw invalid({ [`fields.${i}.choices`]: 'One of them is there twice' });
  }
}

function asField(object: string, name: string, { label, kind, choices, sensitivity }: NewField): CustomField {
  const taken = new Set<string>();
  return {
    object,
    name,
    kind,
    label,
    sensitivity: sensitivity ?? 'normal',
    required: false,
    choices: (choices ?? []).map((text) => {
      const value = freeName(text, taken, 'choice');
      taken.add(value);
      return { value, label: text };
    }),
  };
}

/** A name from a label: small letters of English, digits and `_`; of what has none of these, a number. */
function freeName(label: string, taken: ReadonlySet<string>, usual = 'field'): string {
  const plain = label
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 36)
    .replace(/_$/, '');
  const name = /^[a-z]/.test(plain) ? plain : [usual, plain].filter((part) => part !== '').join('_').slice(0, 36); // prettier-ignore
  let free = name;
  for (let nth = 2; taken.has(free); nth++) free = `${name}_${nth}`;
  return free;
}

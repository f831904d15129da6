import { z } from '../lib/zod.ts';
import { f, KIND_NAMES, KINDS, type Field, type KindName } from '../fields/index.ts';
import { assert, must } from '../lib/must.ts';
import { RESERVED_NAMES, type ObjectDef } from './define.ts';

/** All objects by name: the code's own, with the organisation's custom fields joined to them. */
export class Registry {
  readonly objects: ReadonlyMap<string, ObjectDef>;
  readonly #byPlural: ReadonlyMap<string, ObjectDef>;

  constructor(objects: readonly ObjectDef[], customFields: readonly CustomField[] = []) {
    this.objects = new Map(objects.map((object) => [object.name, withCustomFields(object, customFields)]));
    this.#byPlural = new Map([...this.objects.values()].map((object) => [object.plural, object]));
  }

  /** The object of that name; throws if there is none, so only for names the program itself chose. */
  get(name: string): ObjectDef {
    return must(this.objects.get(name), `an object named ${name}`);
  }

  find(name: string): ObjectDef | undefined {
    return this.objects.get(name);
  }

  findByPlural(plural: string): ObjectDef | undefined {
    return this.#byPlural.get(plural);
  }

  /** The objects whose records are parts of this one (activities of a deal), with the field that names it. */
  partsOf(name: string): { part: ObjectDef; field: string }[] {
    return [...this.objects.values()].flatMap((part) =>
      part.parents.filter((field) => part.fields[field]?.target === name).map((field) => ({ part, field })),
    );
  }
}

/** Kinds an administrator may choose for a field of their own. */
export const CUSTOM_KINDS = ['text', 'longtext', 'email', 'phone', 'url', 'integer', 'money', 'percent', 'boolean', 'date', 'instant', 'choice'] as const satisfies readonly KindName[]; // prettier-ignore

/** A row of `custom_field`. */
export const customFieldSchema = z.object({
  object: z.string(),
  name: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
  kind: z.enum(CUSTOM_KINDS),
  label: z.string().min(1).max(80),
  sensitivity: z.enum(['normal', 'sensitive', 'secret']),
  required: z.boolean(),
  choices: z.array(z.object({ value: z.string(), label: z.string() })),
});
export type CustomField = z.infer<typeof customFieldSchema>;

function withCustomFields(object: ObjectDef, all: readonly CustomField[]): ObjectDef {
  const own = all.filter((row) => row.object === object.name);
  if (own.length === 0) return object;
  const fields: Record<string, Field> = { ...object.fields };
  for (const { name, kind, label, sensitivity, required, choices } of own) {
    assert(
      !(name in fields) && !RESERVED_NAMES.includes(name),
      `Custom field ${object.name}.${name} hides another field`,
    );
    assert(
      KIND_NAMES.includes(kind) && kind in KINDS,
      `Custom field ${object.name}.${name} is of no known kind`,
    );
    fields[name] = {
      ...f.text(label, { max: kind === 'longtext' ? 20_000 : 500 }),
      name,
      kind,
      sensitivity,
      required,
      choices,
      custom: true,
    };
  }
  return { ...object, fields };
}

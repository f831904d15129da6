import type { ColumnField, NewField } from '../../../shared/protocol/fields.ts';

/** Kinds of fields, in the order in which people think of them. */
export const NEW_KINDS = ['text', 'longtext', 'choice', 'boolean', 'integer', 'money', 'percent', 'date', 'instant', 'email', 'phone', 'url'] as const satisfies readonly NewField['kind'][]; // prettier-ignore
export type NewKind = NewField['kind'];

/** The field that a column makes, called as the column is. */
export const newFieldOf = ({ head, choices }: ColumnField, kind: NewKind): NewField => ({
  label: head.length > 80 ? `${head.slice(0, 79)}…` : head,
  kind,
  ...(kind === 'choice' ? { choices } : {}),
});

import { createContext } from 'svelte';

/** What a Field tells the control inside it. Getters, so that a new error reaches a control already drawn. */
export type FieldInfo = {
  /** The id the label points at. */
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
  readonly required: boolean;
};

const [get, set, has] = createContext<FieldInfo>();

export const provideField = set;

/**
 * The attributes that tie a control to the Field around it; alone, it goes by its own `label`.
 * Call it while the component is being made; read `attributes` in the markup.
 */
export function useField(label: () => string | undefined): { readonly attributes: FieldAttributes } {
  const field = has() ? get() : null;
  return {
    get attributes() {
      return {
        id: field?.id,
        'aria-label': label(),
        'aria-describedby': field?.describedBy,
        'aria-invalid': field?.invalid || undefined,
        'aria-required': field?.required || undefined,
      };
    },
  };
}

export type FieldAttributes = {
  id: string | undefined;
  'aria-label': string | undefined;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
  'aria-required': true | undefined;
};

import type Star from '@lucide/svelte/icons/star';

/** A lucide icon component: `import Phone from '@lucide/svelte/icons/phone'`. */
export type IconType = typeof Star;

/** What a color means; neutral means nothing. */
export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad' | 'note';

/** Someone drawn as a face. */
export type Person = {
  id: string;
  name: string;
  /** What is said of them where the bare name would not tell enough: "Anna is writing a reply". */
  text?: string;
  /** Their window is not in front. */
  faded?: boolean;
  /** They are typing. */
  ring?: boolean;
};

/** One choice in a Select or Combobox. */
export type Option = {
  value: string;
  label: string;
  /** A second, quieter line. */
  text?: string;
  /** Any CSS color; drawn as a small square. */
  color?: string;
  icon?: IconType;
  person?: Person;
  /** Options of one group stand together under its name (in a Combobox). */
  group?: string;
  disabled?: boolean;
};

/** One line of a menu. */
export type MenuEntry =
  | 'separator'
  | { heading: string }
  | {
      label: string;
      icon?: IconType;
      /** A key hint such as `E` or `Mod+Enter`. Only shown; the screen listens. */
      kbd?: string;
      tone?: 'bad';
      href?: string;
      /** Given at all: the line is a choice and carries a tick when true. */
      checked?: boolean;
      /** Why it cannot be chosen now; shown under the label. */
      disabledReason?: string;
      run?: () => void;
    };

/** How the connection to the server is. */
export type LinkState = 'live' | 'catching_up' | 'offline';

/** Props that a trigger snippet spreads on its Button, IconButton or FilterChip. */
export type TriggerProps = Record<string, unknown>;

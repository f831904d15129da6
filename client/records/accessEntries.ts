import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import Eye from '@lucide/svelte/icons/eye';
import MessageCircleQuestion from '@lucide/svelte/icons/message-circle-question-mark';
import Share2 from '@lucide/svelte/icons/share-2';
import type { MaskedRecord } from '../../shared/access/index.ts';
import type { ObjectDef } from '../../shared/objects/index.ts';
import { asking, mayAskFor } from '../stores/asking.svelte.ts';
import { mayAskAboutOthers } from '../stores/rights.ts';
import { isShared, mayShare, sharing } from '../stores/sharing.svelte.ts';
import { why } from '../stores/why.svelte.ts';
import type { IconType, MenuEntry } from '../ui/types.ts';
import { t } from '../words/index.ts';

interface ShareEntry {
  label: string;
  icon: IconType;
  disabledReason?: string;
  run: () => void;
}

/** The line of a menu that opens the sharing of a record; null for what is not shared. */
export function shareEntry(object: ObjectDef, record: MaskedRecord): ShareEntry | null {
  if (!isShared(object)) return null;
  const entry = { label: t.sharing.share, icon: Share2, run: () => sharing.ask(object.name, record) };
  return mayShare(object, record) ? entry : { ...entry, disabledReason: t.sharing.needs };
}

/** The lines of a record's menu about who sees it: wherever a record has a menu, they are in it. */
export function accessEntries(object: ObjectDef, record: MaskedRecord): MenuEntry[] {
  const share = shareEntry(object, record);
  const about = { object: object.name, id: record.id };
  return [
    ...(share ? [share] : []),
    { label: t.seeing.why, icon: CircleHelp, run: () => why.ask(about) },
    ...(mayAskAboutOthers() ? [{ label: t.seeing.who, icon: Eye, run: () => why.ask(about, 'who') }] : []),
    ...(mayAskFor(object)
      ? [{ label: t.seeing.ask, icon: MessageCircleQuestion, run: () => asking.ask(about) }]
      : []),
  ];
}

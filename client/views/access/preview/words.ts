import type { SystemPermission } from '../../../../shared/access/index.ts';

const digits = (n: number): string => n.toLocaleString('en');
const people = (n: number): string => (n === 1 ? '1 person' : `${digits(n)} people`);
const verb = (n: number, one: string, many: string): string => (n === 1 ? one : many);
/** Labels of the registry, in the middle of a sentence. */
const small = (label: string): string => label.toLowerCase();

/** What is said of a change of policy before it is made. Labels of objects and fields come from the registry. */
export const en = {
  title: 'What this changes',
  asking: 'Looking at who would see more, and who less…',
  nothing: 'Nothing changes for anybody',
  nothing_text: 'As things are now, nobody would see or do more or less than before.',
  rights_only: (n: number) =>
    `The rights of ${people(n)} change, but no record comes into anybody’s sight or goes out of it`,
  gain: (n: number, records: number, one: string, many: string) =>
    `${people(n)} ${verb(n, 'gains', 'gain')} ${digits(records)} ${small(records === 1 ? one : many)}`,
  lose: (n: number, records: number, one: string, many: string) =>
    `${people(n)} ${verb(n, 'loses', 'lose')} ${digits(records)} ${small(records === 1 ? one : many)}`,
  tickets: (n: number) =>
    `${digits(n)} open ${verb(n, 'ticket', 'tickets')} would be left without anyone who may answer`,
  tickets_text: 'Those who may answer every ticket are not counted.',
  records: (n: number) =>
    `${digits(n)} ${verb(n, 'record', 'records')} would be left with an owner who may not see ${verb(n, 'it', 'them')}`,
  moved: (n: number) => `${digits(n)} ${verb(n, 'company moves', 'companies move')}`,
  moved_text: 'Once the companies that are here already are brought along.',
  sockets: (n: number) =>
    `${digits(n)} open ${verb(n, 'window', 'windows')} ${verb(n, 'changes', 'change')} at once`,
  no_sockets: 'Nobody concerned has a window open',
  not_exact: 'There was more to count than time for it: it is at least this.',
  details: 'In detail',
  fields: 'Fields',
  actions: 'What may be done',
  permissions: 'Permissions beyond records',
  people: 'People',
  first_people: (shown: number, all: number) => `The ${digits(shown)} most concerned of ${people(all)}`,
  field: (field: string, objects: string) => `${field} of ${small(objects)}`,
  action: (action: string, objects: string) => `${ACTIONS[action] ?? action} ${small(objects)}`,
  permission: (permission: SystemPermission) => PERMISSIONS[permission],
  more_people: (n: number) => `${people(n)} more`,
  fewer_people: (n: number) => `${people(n)} fewer`,
  gained: (n: number, objects: string) => `+${digits(n)} ${small(objects)}`,
  lost: (n: number, objects: string) => `−${digits(n)} ${small(objects)}`,
  failed: 'This could not be looked at',
  refused: 'This would be refused',
  retry: 'Try again',
};
export type PreviewWords = typeof en;

const ACTIONS: Record<string, string> = {
  create: 'Create',
  read: 'Read',
  update: 'Change',
  delete: 'Delete',
  assign: 'Hand over',
  export: 'Export',
  read_thread: 'Read messages of',
  reply: 'Answer',
  note: 'Write notes on',
};

const PERMISSIONS: Record<SystemPermission, string> = {
  manage_users: 'Manage people',
  manage_roles: 'Manage roles',
  approve_roles: 'Approve changes of roles',
  end_sessions: 'End sessions',
  read_audit: 'Read the audit trail',
  import: 'Import',
  manage_settings: 'Manage settings',
  manage_workflows: 'Manage workflows',
  see_as: 'See as somebody else',
  break_glass: 'Break the glass',
};

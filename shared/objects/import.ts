import { f } from '../fields/index.ts';
import { defineObject } from './define.ts';

const system = { system: true };
const count = (label: string) => f.integer(label, { ...system, required: true });

/**
 * A file somebody brings in, and how far it has come. A record like any other, so that its progress is live and its
 * right an ordinary one; everything in it is the program's. The rows themselves are no records (server/commands/imports).
 */
export const dataImport = defineObject({
  name: 'import',
  plural: 'imports',
  label: 'Import',
  labelPlural: 'Imports',
  table: 'data_import',
  title: 'name',
  baseline: 'own',
  facts: { owner: 'owner' },
  history: false,
  sort: '-created_at',
  fields: {
    name: f.text('File', { ...system, required: true, max: 200 }),
    /** Name of the object that the rows become. */
    object: f.text('Brings in', { ...system, required: true, max: 60 }),
    owner: f.relation('By', 'user', { ...system, required: true }),
    status: f.choice(
      'Status',
      {
        uploaded: 'To be mapped',
        checking: 'Being checked',
        checked: 'Checked',
        running: 'Coming in',
        stopped: 'Stopped',
        done: 'Done',
        undoing: 'Being undone',
        undone: 'Undone',
        failed: 'Failed',
      },
      { ...system, required: true },
    ),
    bytes: count('Bytes'),
    /** Rows of the file, once it has been read whole. */
    rows: f.integer('Rows', system),
    /** Rows gone through by what it is doing now. */
    gone_through: count('Gone through'),
    created: count('Created'),
    updated: count('Updated'),
    same: count('Unchanged'),
    refused: count('Refused'),
    /** Of an undone one: records that were changed since, and so were left as they are. */
    kept: count('Kept'),
    /** Why it failed. */
    problem: f.text('Problem', { ...system, max: 500 }),
    started_at: f.instant('Started', system),
    finished_at: f.instant('Finished', system),
  },
});

import { must } from '../../shared/lib/must.ts';
import { DEMO_PASSWORD } from '../../server/db/demo/accounts.ts';
import { personNamed, TEAMS, type DemoPerson } from '../../server/db/demo/people.ts';
import { PIPELINES } from '../../server/db/demo/pipelines.ts';
import { SALES_ASSISTANT_ID } from '../../server/db/demo/roles.ts';

/** The demo's people by the names that tests call them by: the same ids and addresses in every store. */
export const people = {
  /** Administrator. */
  rafael: personNamed('rafael'),
  /** Sales manager of Enterprise North; Anna, Dawit and Noor report to him. */
  kofi: personNamed('kofi'),
  /** Sales representatives of Enterprise North. */
  anna: personNamed('anna'),
  dawit: personNamed('dawit'),
  /** Sales assistant of Enterprise North: the team's deals without amounts. */
  noor: personNamed('noor'),
  /** Sales manager of Enterprise South, and a representative of hers. */
  priya: personNamed('priya'),
  chiamaka: personNamed('chiamaka'),
  /** Sales representative and sales assistant of Enterprise South. */
  giulia: personNamed('giulia'),
  /** Support manager, support agent. */
  mireille: personNamed('mireille'),
  bjorn: personNamed('bjorn'),
  zoe: personNamed('zoe'),
  /** Support manager and agent of Technical support. */
  yusuf: personNamed('yusuf'),
  hana: personNamed('hana'),
  /** Marketing manager, data analyst, auditor. */
  helena: personNamed('helena'),
  oskar: personNamed('oskar'),
  jamila: personNamed('jamila'),
  /** Left the company: not active. */
  pieter: personNamed('pieter'),
} satisfies Record<string, DemoPerson>;

/** Everyone's. */
export const PASSWORD = DEMO_PASSWORD;

export const teams = {
  north: TEAMS.north.id,
  south: TEAMS.south.id,
  midmarket: TEAMS.midmarket.id,
  support: TEAMS.support.id,
  technical: TEAMS.technical.id,
};
export const pipelines = {
  newBusiness: must(PIPELINES[0], 'a pipeline').id,
  renewals: must(PIPELINES[1], 'a second').id,
};
export const roles = { salesAssistant: SALES_ASSISTANT_ID };

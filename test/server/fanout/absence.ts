import { logAccess } from '../../../server/access/accessLog.ts';
import { connect } from '../../../server/db/connect.ts';
import { toJson } from '../../../server/db/json.ts';
import { transaction } from '../../../server/db/transaction.ts';
import { changeRecord, insertRecords, removeRecord, restoreRecord } from '../../../server/records/write.ts';
import type { Values } from '../../../server/records/columns.ts';
import type { Role } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import type { OpenAnswer, ViewRequest } from '../../../shared/protocol/index.ts';
import { Dice } from '../../world/dice.ts';
import { office, type Office } from '../../world/office.ts';
import { LossyPair } from './lossyPair.ts';
import type { TestClient } from './testClient.ts';
import { registry } from './world.ts';

const deal = registry.get('deal');
const ctx = { actorId: null, requestId: 'test' };
export const MINE: ViewRequest = { object: 'deal', sort: 'title', limit: 50 };

/** Ben, who sees his own deals with their amounts, has a list of them open, and is away now and then. */
export class Absence {
  private constructor(
    readonly pair: LossyPair,
    readonly world: Office,
    readonly role: string,
    readonly client: TestClient,
  ) {}

  static async begin(): Promise<Absence> {
    let world: Office | undefined;
    const pair = await LossyPair.start(new Dice(1), async (sql) => void (world = await office(sql)));
    const there = must(world, 'the office');
    const role = await there.grant('ben', grantsOf('own', 'read'));
    return new Absence(pair, there, role, await pair.connect(there.ids.ben, [MINE]));
  }

  /** As at the beginning, and no deal is there. */
  async clear(): Promise<void> {
    await this.policy(grantsOf('own', 'read'));
    await this.pair.sql`delete from deal`;
    await this.pair.quiet();
    await this.look(MINE);
  }

  async policy({ grants, fields }: Pick<Role, 'grants' | 'fields'>): Promise<void> {
    await transaction(this.pair.sql, async (tx) => {
      await tx`update role set grants = ${toJson(tx, grants)}, fields = ${toJson(tx, fields)} where id = ${this.role}`;
      await logAccess(tx, { users: [this.world.ids.ben], cause: 'test', actorId: null });
    });
  }

  /** Deals of Ben's, or whose is said, called by their number. */
  async deals(count: number, values: Values = {}): Promise<string[]> {
    const rows = Array.from({ length: count }, (_, n) => ({
      values: {
        title: `Deal ${String(n).padStart(4, '0')}`,
        amount: n,
        pipeline: this.world.pipeline,
        stage: 'first',
        owner: this.world.ids.ben,
        ...values,
      },
    }));
    const made = await transaction(this.pair.sql, (tx) => insertRecords(tx, { registry }, ctx, deal, rows));
    this.pair.wake(0);
    await this.pair.quiet();
    return made.map(({ id }) => id);
  }

  change = (id: string, values: Values) =>
    transaction(this.pair.sql, (tx) => changeRecord(tx, { registry }, ctx, deal, id, values));
  changeAll = (ids: readonly string[], values: Values) =>
    transaction(this.pair.sql, async (tx) => {
      for (const id of ids) await changeRecord(tx, { registry }, ctx, deal, id, values);
    });
  remove = (id: string) => transaction(this.pair.sql, (tx) => removeRecord(tx, { registry }, ctx, deal, id));
  restore = (id: string) =>
    transaction(this.pair.sql, (tx) => restoreRecord(tx, { registry }, ctx, deal, id));

  /** The log forgets all that it held but the last, which its readers go on from. */
  async prune(): Promise<void> {
    const owner = await connect(this.pair.migrationUrl, { max: 1 });
    await owner`delete from event_log where seq < (select seq from event_head)`;
    await owner.end();
  }

  /** Ben opens the list as if he had never seen it. */
  async look(view: ViewRequest): Promise<void> {
    this.client.close('v0');
    this.client.views.set('v0', view);
    await this.client.open('v0');
  }

  /** Ben is away while that happens, and comes back; answers what he is told of the list, and sees to it that he is right. */
  async away(meanwhile: () => Promise<unknown>): Promise<OpenAnswer> {
    const { client, pair } = this;
    client.break();
    const before = client.answers.length;
    await meanwhile();
    await pair.comeBack(client, 1);
    await pair.quiet();
    await pair.mustHaveConverged();
    // The first; when the node has heard of other rights it asks for more.
    return must(client.answers[before], 'an answer');
  }

  get rows() {
    return must(this.client.windows.get('v0'), 'the list').rows;
  }
}

export const grantsOf = (way: 'own' | 'all', amount: 'read' | 'hidden'): Pick<Role, 'grants' | 'fields'> => ({
  grants: { deal: { read: [way] } },
  fields: { deal: { amount } },
});

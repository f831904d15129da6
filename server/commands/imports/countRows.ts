import type { Reading } from '../../csv/reading.ts';
import type { App } from '../../lib/app.ts';
import { changeRecord } from '../../records/write.ts';
import { performFor } from '../perform.ts';
import { openRows } from '../../imports/rowsOf.ts';

/** How many rows a file has, told with its record: so people see how far it is. */
export async function countRows(
  app: App,
  id: string,
  owner: string,
  reading: Reading,
  live: () => Promise<void>,
): Promise<void> {
  const { rows } = await openRows(app, id, reading);
  let count = 0;
  for await (const row of rows) {
    if (row.line > 0) count += 1;
    if (count % 1_000 === 0) await live();
  }
  await performFor(app, { userId: owner, requestId: `import-${id}` }, async ({ tx, ctx }) => {
    await changeRecord(tx, app, ctx, app.registry.get('import'), id, { rows: count });
  });
}

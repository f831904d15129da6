import { cpus, totalmem } from 'node:os';
import type { Sql } from '../../server/db/connect.ts';
import { must } from '../../shared/lib/must.ts';

/** What a figure was measured on; without it a figure says nothing. */
export interface Machine {
  cpu: string;
  cores: number;
  memory_GB: number;
  node: string;
  postgres: string;
}

export async function machine(sql: Sql): Promise<Machine> {
  const [row] = await sql<{ version: string }[]>`select current_setting('server_version') as version`;
  const all = cpus();
  return {
    cpu: must(all[0], 'a processor').model.trim(),
    cores: all.length,
    memory_GB: Math.round(totalmem() / 1e9),
    node: process.versions.node,
    postgres: must(row, 'a version').version,
  };
}

export const describeMachine = ({ cpu, cores, memory_GB, node, postgres }: Machine): string =>
  `${cpu}, ${cores} cores, ${memory_GB} GB, node ${node}, PostgreSQL ${postgres}`;

import type postgres from 'postgres';
import type { AnySql } from './fragments.ts';

/** A value as a jsonb parameter. The driver's own type knows no interfaces, and none of ours holds anything else. */
export const toJson = (sql: AnySql, value: object): postgres.Parameter =>
  sql.json(value as postgres.JSONValue);

/**
 * How long a node may emit and answer after the start of a poll that succeeded: the bound within which every end of
 * access holds, whatever has died.
 */
export const LEASE_ms = 2_000;

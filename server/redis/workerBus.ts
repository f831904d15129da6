import { deliveries, type Bus, type BusOptions } from './bus.ts';
import { coalesce } from './coalesce.ts';
import { POKES, type BusPoke } from './messages.ts';

/** The way from one worker to the others of its machine. */
export interface WorkerChannel {
  /** Fulfilled once it has been handed on. */
  send(poke: BusPoke): Promise<unknown>;
  listen(deliver: (poke: BusPoke) => void): void;
  healthy(): boolean;
}

/** The same without Redis, for workers of one machine: pokes go through the process that started them. */
export function createWorkerBus({
  channel,
  onPoke,
}: Pick<BusOptions, 'onPoke'> & { channel: WorkerChannel }): Bus {
  const { deliver, pokeOurselves } = deliveries(onPoke);
  const send = coalesce((poke: BusPoke) => channel.send(poke), POKES);
  channel.listen(deliver);
  return {
    publish(poke) {
      pokeOurselves(poke);
      send(poke);
    },
    healthy: () => channel.healthy(),
    close: async () => {},
  };
}

import { Router } from 'express';
import type { LiveNode } from '../fanout/node.ts';
import type { Bus } from '../redis/bus.ts';
import type { Health, Metric } from './deps.ts';

/** What watches the process asks these; they tell of no person and no record. */
export function healthRoutes(health: Health): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => void response.json({ ok: true }));
  router.get('/readyz', async (_request, response) => {
    const parts = await health.ready();
    const failing = Object.keys(parts).filter((name) => !parts[name]);
    response.status(failing.length === 0 ? 200 : 503).json({ ok: failing.length === 0, failing });
  });
  router.get('/metrics', (_request, response) => {
    response.type('text/plain; version=0.0.4').send(exposition(health.metrics()));
  });
  return router;
}

/** How the parts of a running node say that they are well, and what they count. */
export function health({
  node,
  bus,
  ping,
  serving,
}: {
  node: LiveNode;
  bus: Bus;
  ping: () => Promise<boolean>;
  /** False once it was told to stop. */
  serving: () => boolean;
}): Health {
  return {
    ready: async () => ({
      store: await ping(),
      bus: bus.healthy(),
      lease: node.lease.open(),
      serving: serving(),
    }),
    metrics() {
      const views = [...node.subscribers].reduce((sum, subscriber) => sum + subscriber.views.size, 0);
      return [
        gauge('rolecall_sockets', 'Open sockets on this node', node.subscribers.size),
        gauge('rolecall_views', 'Views open on these sockets', views),
        gauge(
          'rolecall_applied_seq',
          'Number of the last event of the log that this node has applied',
          node.applied,
        ),
        gauge(
          'rolecall_lease',
          'Whether this node may answer (1) or has lost touch with the store (0)',
          Number(node.lease.open()),
        ),
        { ...gauge('rolecall_frames_total', 'Frames sent', node.outbound.frames), type: 'counter' },
        gauge('rolecall_memory_bytes', 'Resident memory of the process', process.memoryUsage.rss()),
      ];
    },
  };
}

const gauge = (name: string, help: string, value: number): Metric => ({ name, help, type: 'gauge', value });

/** What is counted of several workers stands together, as the format wants it. */
function exposition(metrics: Metric[]): string {
  return [...new Set(metrics.map(({ name }) => name))]
    .map((name) => {
      const samples = metrics.filter((metric) => metric.name === name);
      const head = samples
        .slice(0, 1)
        .map(({ help, type }) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
      const lines = samples.map(
        ({ worker, value }) => `${name}${worker === undefined ? '' : `{worker="${worker}"}`} ${value}\n`,
      );
      return [...head, ...lines].join('');
    })
    .join('');
}

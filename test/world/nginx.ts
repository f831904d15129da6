import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { later, notLongerThanUs } from './cleanup.ts';
import { tempFolder } from './folders.ts';
import { freePort } from './ports.ts';
import { find, NGINX } from './programs.ts';
import { ROOT } from './server.ts';
import { until } from './until.ts';

/** nginx with deploy/nginx.conf before these nodes, on a free port; ended when the test file is over. */
export async function startNginx(
  nodes: readonly { port: number }[],
): Promise<{ base: string; port: number }> {
  const port = await freePort();
  const folder = tempFolder('nginx');
  writeFileSync(join(folder, 'rolecall.conf'), configured(port, nodes));
  writeFileSync(join(folder, 'nginx.conf'), around(folder));
  const words = ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')];
  const child = notLongerThanUs(spawn(find(NGINX), words, { stdio: ['ignore', 'ignore', 'pipe'] }));
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise((resolve) => child.once('close', resolve));
  later(async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const base = `http://127.0.0.1:${port}`;
  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`nginx ended: ${said}`);
      return (await fetch(`${base}/readyz`)).ok;
    },
    { what: `nginx on port ${port}` },
  );
  return { base, port };
}

/** The file as it is, but for the ports. */
function configured(port: number, nodes: readonly { port: number }[]): string {
  const text = readFileSync(join(ROOT, 'deploy/nginx.conf'), 'utf8');
  const lines = text.match(/^ {4}server 127\.0\.0\.1:\d+ .*;$/gm) ?? [];
  if (lines.length !== 2 || !/^ {4}listen 80;$/m.test(text))
    throw new Error('deploy/nginx.conf no longer says where the nodes are, or where it listens, as expected');
  const upstream = nodes.map((node) => lines[0]?.replace(/:\d+/, `:${node.port}`)).join('\n');
  return text
    .replace(lines.join('\n'), upstream)
    .replace(/^ {4}listen 80;$/m, `    listen 127.0.0.1:${port};`);
}

/** What a distribution's own file has around it; everything it writes goes into `folder`. */
const around = (folder: string): string => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  include ${folder}/rolecall.conf;
}
`;

import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { expect, test, vi } from 'vitest';
import { axeFindings } from './axe.ts';
import { newVisitor } from './browser.ts';
import { later } from './cleanup.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

vi.setConfig({ testTimeout: 30_000 });
const port = await freePort();
const base = `http://127.0.0.1:${port}`;
const PAGE = `<!doctype html><html lang="en"><title>t</title><main><h1>canary-html</h1></main>
<script src="/socket.io/socket.io.js"></script>
<script>
  fetch('/data').then((r) => r.json()).then(() => (document.title = 'fetched'));
  io({ transports: ['websocket'] }).on('b', () => (document.body.dataset.live = 'yes'));
</script>`;
const http = createServer((request, response) => {
  if (request.url === '/data')
    response.setHeader('content-type', 'application/json').end('{"x":"canary-body"}');
  else if (request.url === '/') response.setHeader('content-type', 'text/html').end(PAGE);
  else if (request.url === '/other') response.setHeader('x-h', 'canary-head').end('other');
  else response.writeHead(404).end();
});
const io = new Server(http);
io.on('connection', (socket) => socket.emit('b', 'canary-frame'));
await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
later(() => io.close());

test('every byte is heard: page, fetched body, head and frame, also from pages that were left', async () => {
  const visitor = await newVisitor(base);
  visitor.allow(/favicon/);
  await visitor.goto('/');
  await visitor.page.waitForSelector('[data-live=yes]');
  await until(async () => (await visitor.page.title()) === 'fetched');
  await visitor.goto('/other');
  const received = await visitor.received();
  for (const kind of ['html', 'body', 'frame', 'head']) expect(received).toContain(`canary-${kind}`);
});

test('errors on the page are noticed, and axe finds what is wrong with it', async () => {
  const visitor = await newVisitor(base);
  visitor.allow(/favicon/);
  await visitor.goto('/');
  expect(visitor.problems()).toEqual([]);
  await visitor.page.evaluate(() => {
    setTimeout(() => {
      throw new Error('oh no');
    });
    void fetch('/gone-404');
    document.body.append(document.createElement('img'));
    document.querySelector('img')?.setAttribute('src', 'data:image/gif;base64,R0lGODlhAQABAAAAACw=');
  });
  const seen = () => visitor.problems().join('\n');
  await until(() => /uncaught: .*oh no/.test(seen()) && /console: .*404.*gone-404/.test(seen()));
  visitor.allow(/oh no|gone-404/);
  expect(visitor.problems()).toEqual([]);
  expect((await axeFindings(visitor.page)).join('\n')).toMatch(/^image-alt: .*: img$/m);
});

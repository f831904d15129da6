import type { Server } from 'node:http';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RequestHandler, Response } from 'express';
import type { Shutdown } from '../lib/shutdown.ts';
import { sendWidget, WIDGET_PATH, widgetScript, type WidgetScript } from './widget.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CONFIG = join(ROOT, 'vite.config.ts');
const CLIENT = join(ROOT, 'client');

/**
 * Serves the built client from memory: it is small, it is all or nothing even while another process builds anew, and
 * no path leads out of a map. Any address that names no file is a page of the client's, which is one document.
 */
export function builtClient(folder = join(ROOT, 'dist', 'client')): RequestHandler {
  const files = readFiles(folder);
  const page = files.get('/index.html');
  const chat = files.get(WIDGET_PATH);
  const widget = chat && widgetScript(chat.plain, chat.gzip);
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    if (widget && request.path === WIDGET_PATH) return sendWidget(request, response, widget);
    const file = files.get(request.path) ?? (namesAFile(request.path) ? undefined : page);
    if (!file) return next();
    // Vite names what lies in assets/ by its content.
    const isHashed = request.path.startsWith('/assets/');
    response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    send(response, file, request.acceptsEncodings('gzip') === 'gzip');
  };
}

/** Vite itself, which builds each file when it is asked for and renews the page on every change. */
export async function devClient(server: Server, shutdown: Shutdown): Promise<RequestHandler> {
  const { createBuilder, createServer } = await import('vite');
  const vite = await createServer({
    configFile: CONFIG,
    root: CLIENT,
    appType: 'spa',
    server: { middlewareMode: true, hmr: { server } },
  });
  shutdown.add('Vite', () => vite.close());
  // The chat is one script on pages of others, so it is built whole here, too: anew after each change.
  let widget: Promise<WidgetScript> | undefined;
  vite.watcher.on('all', () => (widget = undefined));
  const buildWidget = async () => {
    const builder = await createBuilder({
      configFile: CONFIG,
      root: CLIENT,
      logLevel: 'warn',
      build: { write: false },
    });
    const { widget: environment } = builder.environments;
    const built = environment && (await builder.build(environment));
    const [script] = built && 'output' in built ? built.output : [];
    if (!script) throw new Error('The chat could not be built');
    return widgetScript(Buffer.from(script.code));
  };
  return (request, response, next) => {
    if (request.path === WIDGET_PATH) {
      widget ??= buildWidget();
      widget.then((script) => sendWidget(request, response, script)).catch(next);
      return;
    }
    // Vite puts styles into the page as it goes, which the policy of the built client forbids.
    response.removeHeader('Content-Security-Policy');
    vite.middlewares(request, response, next);
  };
}

/** No page of the client's has a dot in the last part of its address. */
const namesAFile = (path: string): boolean => path.slice(path.lastIndexOf('/')).includes('.');

interface BuiltFile {
  type: string;
  plain: Buffer;
  /** Absent where it would not be smaller. */
  gzip: Buffer | undefined;
}

function send(response: Response, { type, plain, gzip }: BuiltFile, takesGzip: boolean): void {
  response.setHeader('Content-Type', type);
  if (gzip) response.setHeader('Vary', 'Accept-Encoding');
  if (gzip && takesGzip) response.setHeader('Content-Encoding', 'gzip');
  response.end(gzip && takesGzip ? gzip : plain);
}

function readFiles(folder: string): Map<string, BuiltFile> {
  const files = new Map<string, BuiltFile>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    // Files that begin with a dot are the build's own notes.
    if (!entry.isFile() || entry.name.startsWith('.')) continue;
    const path = join(entry.parentPath, entry.name);
    const plain = readFileSync(path);
    const packed = gzipSync(plain, { level: 9 });
    const gzip = packed.length < plain.length * 0.9 ? packed : undefined;
    const type = TYPES[extname(entry.name)] ?? 'application/octet-stream';
    files.set(`/${relative(folder, path).split(sep).join('/')}`, { type, plain, gzip });
  }
  return files;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

import type { Server } from 'node:http';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RequestHandler, Response } from 'express';
import type { Shutdown } from '../lib/shutdown.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * Serves the built client from memory: it is small, it is all or nothing even while another process builds anew, and
 * no path leads out of a map. Any address that names no file is a page of the client's, which is one document.
 */
export function builtClient(folder = join(ROOT, 'dist', 'client')): RequestHandler {
  const files = readFiles(folder);
  const page = files.get('/index.html');
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
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
  const { createServer } = await import('vite');
  const vite = await createServer({
    configFile: join(ROOT, 'vite.config.ts'),
    root: join(ROOT, 'client'),
    appType: 'spa',
    server: { middlewareMode: true, hmr: { server } },
  });
  shutdown.add('Vite', () => vite.close());
  return (request, response, next) => {
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

import { createHash } from 'node:crypto';
import { Router, type Request, type Response } from 'express';
import { firstChannel } from '../queries/firstChannel.ts';
import type { HttpDeps } from './deps.ts';
import { contentSecurityPolicy } from './headers.ts';
import { demoPage } from './widgetPage.ts';

/** Where the script of the chat is, for every page that embeds it: it keeps this name for ever. */
export const WIDGET_PATH = '/widget.js';

/** The chat's script, with the tag by which a browser asks whether it has changed. */
export interface WidgetScript {
  plain: Buffer;
  gzip: Buffer | undefined;
  tag: string;
}

export const widgetScript = (plain: Buffer, gzip?: Buffer): WidgetScript => ({
  plain,
  gzip,
  tag: createHash('sha256').update(plain).digest('base64url').slice(0, 22),
});

/**
 * Sends the script to whatever page asks: it is the same for everyone. Browsers ask each time whether theirs is still
 * good, so that a new version of the server is never spoken to by an old one of the chat for long.
 */
export function sendWidget(request: Request, response: Response, { plain, gzip, tag }: WidgetScript): void {
  const isPacked = gzip !== undefined && request.acceptsEncodings('gzip') === 'gzip';
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  response.setHeader('Cache-Control', 'public, no-cache');
  response.setHeader('Vary', 'Accept-Encoding');
  // Two representations, two tags.
  response.setHeader('ETag', `"${tag}${isPacked ? '-gz' : ''}"`);
  if (request.fresh) return void response.status(304).end();
  response.setHeader('Content-Type', 'text/javascript; charset=utf-8');
  if (isPacked) response.setHeader('Content-Encoding', 'gzip');
  response.end(isPacked ? gzip : plain);
}

/** A small shop that embeds the chat by the script tag, as a page of somebody else's would. */
export function widgetRoutes({ app, env }: HttpDeps): Router {
  const router = Router({ caseSensitive: true });
  router.get('/widget-demo', async (request, response) => {
    const language = request.acceptsLanguages('en', 'zh') === 'zh' ? 'zh' : 'en';
    const { html, styleHash } = demoPage(await firstChannel(app), language);
    response.setHeader(
      'Content-Security-Policy',
      contentSecurityPolicy(request.headers.host, env, [`'${styleHash}'`]),
    );
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Vary', 'Accept-Language');
    response.type('html').send(html);
  });
  return router;
}

import type { Page } from 'playwright-core';

/** Hears every byte that reaches a page. */
export interface Ear {
  /** As text, once the bodies under way have been read. Fails if one of the server's answers could not be read. */
  received(): Promise<string>;
}

/** Listens to a page through Chromium's own protocol, which also shows what no script of the page could see. */
export async function listen(page: Page): Promise<Ear> {
  const heard: string[] = [];
  const unread: string[] = [];
  const reading = new Set<Promise<void>>();
  const urls = new Map<string, string>();
  const cdp = await page.context().newCDPSession(page);

  const read = async (requestId: string) => {
    try {
      const { body, base64Encoded } = await cdp.send('Network.getResponseBody', { requestId });
      heard.push(base64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body);
    } catch {
      // A font or a script from the browser's cache has no body to read again. It is a file of the build: the same
      // for everyone, with nobody's data in it.
      const url = urls.get(requestId) ?? requestId;
      if (!url.includes('/assets/')) unread.push(url);
    }
  };
  cdp.on('Network.webSocketFrameReceived', ({ response }) => heard.push(response.payloadData));
  cdp.on('Network.webSocketHandshakeResponseReceived', ({ response }) =>
    heard.push(JSON.stringify(response.headers)),
  );
  cdp.on('Network.responseReceived', ({ requestId, response }) => {
    urls.set(requestId, response.url);
    heard.push(`${response.status} ${response.url} ${JSON.stringify(response.headers)}`);
  });
  cdp.on('Network.loadingFinished', ({ requestId }) => {
    const url = urls.get(requestId);
    if (!url?.startsWith('http')) return;
    const work = read(requestId);
    reading.add(work);
    void work.finally(() => reading.delete(work));
  });
  // Large enough that nothing is thrown away before it has been read, also when the page moves on.
  const sizes = { maxTotalBufferSize: 300_000_000, maxResourceBufferSize: 100_000_000 };
  await cdp.send('Network.enable', { ...sizes, enableDurableMessages: true });

  return {
    async received() {
      await Promise.all(reading);
      if (unread.length > 0) throw new Error(`These answers could not be read: ${unread.join(' ')}`);
      return heard.join('\n');
    },
  };
}

import { createHash } from 'node:crypto';

type Language = 'en' | 'zh';

/**
 * A page of a small shop for tiles, which no one runs: what a web site of somebody else's looks like with the chat in
 * it. Nothing of the console is on it. Without a channel it says what to do instead of embedding the chat.
 */
export function demoPage(channel: string | null, language: Language): { html: string; styleHash: string } {
  const t = WORDS[language];
  const html = `<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
    <meta name="color-scheme" content="light dark" />
    <title>Tessera</title>
    <link rel="icon" href="data:," />
    <style>${STYLE}</style>
    ${channel === null ? '' : `<script src="/widget.js" data-channel="${channel}" async></script>`}
  </head>
  <body>
    <header>
      <p class="brand">${MARK}Tessera</p>
      <nav aria-label="${t.shop}"><a href="#tiles">${t.tiles}</a><a href="#orders">${t.orders}</a></nav>
    </header>
    <main>
      ${channel === null ? `<p class="empty">${t.none}</p>` : ''}
      <h1>${t.title}</h1>
      <p class="lead">${t.lead}</p>
      <ul id="tiles">
        ${t.goods.map(([name, text, price], i) => `<li>${tile(i)}<h2>${name}</h2><p>${text}</p><p class="price">${price}</p></li>`).join('\n        ')}
      </ul>
      <section id="orders">
        <h2>${t.orders}</h2>
        <p>${t.delivery}</p>
      </section>
    </main>
    <footer>${t.footer}</footer>
  </body>
</html>
`;
  return { html, styleHash: STYLE_HASH };
}

type Words = Record<
  'shop' | 'tiles' | 'orders' | 'none' | 'title' | 'lead' | 'delivery' | 'footer',
  string
> & {
  goods: [name: string, text: string, price: string][];
};

const WORDS: Record<Language, Words> = {
  en: {
    shop: 'Shop',
    tiles: 'Tiles',
    orders: 'Orders and delivery',
    none: 'No chat can be shown here yet: create a channel and set it to active, then load this page again.',
    title: 'Tiles made by hand, one at a time',
    lead: 'Fired in small batches on the coast, glazed in colors that do not fade. Ask us anything in the chat.',
    goods: [
      ['Tide', 'Glazed stoneware, 10 × 10 cm', '€ 4.20 each'],
      ['Ember', 'Terracotta, 15 × 15 cm', '€ 5.80 each'],
      ['Moss', 'Matt porcelain, 7 × 21 cm', '€ 6.40 each'],
    ],
    delivery: 'We pack on Tuesdays and Fridays. Broken tiles are replaced, whatever broke them.',
    footer: 'Tessera is a made-up shop that shows the chat of Rolecall.',
  },
  zh: {
    shop: '商店',
    tiles: '瓷砖',
    orders: '订单与配送',
    none: '这里还不能显示聊天：请先创建一个渠道并启用，然后重新加载此页面。',
    title: '一片一片，手工制作的瓷砖',
    lead: '在海边小批量烧制，釉色历久不褪。有任何问题，请在聊天中告诉我们。',
    goods: [
      ['潮汐', '釉面炻器，10 × 10 厘米', '每片 € 4.20'],
      ['余烬', '赤陶，15 × 15 厘米', '每片 € 5.80'],
      ['青苔', '哑光瓷，7 × 21 厘米', '每片 € 6.40'],
    ],
    delivery: '每周二和周五发货。瓷砖破损，无论何因，一律补发。',
    footer: 'Tessera 是为展示 Rolecall 聊天而虚构的商店。',
  },
};

/** A pattern of four by four, another for each kind. */
function tile(kind: number): string {
  const cells = Array.from({ length: 16 }, (_, i) => {
    const [x, y] = [i % 4, Math.floor(i / 4)];
    const shade = (x * (kind + 1) + y * (kind + 2) + ((x * y) % 3)) % 4;
    return `<rect x="${x * 25 + 1}" y="${y * 25 + 1}" width="23" height="23" rx="2" class="k${kind} s${shade}"/>`;
  });
  return `<svg viewBox="0 0 100 100" aria-hidden="true">${cells.join('')}</svg>`;
}

const MARK =
  '<svg class="mark" viewBox="0 0 20 20" aria-hidden="true"><path d="M1 1h8v8H1zM11 11h8v8h-8z"/><path class="thin" d="M11 1h8v8h-8zM1 11h8v8H1z"/></svg>';

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#2b2a27, #ece8df); --soft: light-dark(#69655c, #b3ada0); --ground: light-dark(#faf7f1, #191815); --card: light-dark(#fff, #22211d); --line: light-dark(#e6dfd2, #38352e); --clay: light-dark(#a4472b, #e38a6b); }
body { max-width: 920px; margin: 0 auto; padding: 0 20px 120px; background: var(--ground); color: var(--ink); font: 17px/1.6 Georgia, 'Songti SC', 'Noto Serif CJK SC', serif; }
header { display: flex; align-items: center; justify-content: space-between; flex-wrap: wrap; gap: 4px 24px; padding: 22px 0; border-bottom: 1px solid var(--line); }
header p, ul p { margin: 0; }
.brand { display: flex; align-items: center; gap: 10px; font-size: 20px; letter-spacing: .02em; }
.mark { width: 20px; fill: var(--clay); }
.thin { opacity: .45; }
nav { display: flex; gap: 22px; }
a { padding: 8px 0; color: inherit; text-decoration-color: var(--clay); text-underline-offset: 4px; }
h1 { max-width: 16em; margin: 56px 0 12px; font-size: clamp(30px, 5vw, 44px); font-weight: 400; line-height: 1.15; }
.lead { max-width: 34em; margin: 0 0 44px; color: var(--soft); }
ul { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 22px; margin: 0; padding: 0; list-style: none; }
li { padding: 16px; border: 1px solid var(--line); border-radius: 6px; background: var(--card); }
li svg { display: block; width: 100%; }
h2 { margin: 14px 0 0; font-size: 19px; font-weight: 400; }
li p, section p { color: var(--soft); font-size: 15.5px; }
li .price { margin-top: 6px; color: var(--ink); }
section { margin-top: 40px; }
section p { margin: 6px 0 0; }
footer { margin-top: 56px; padding-top: 18px; border-top: 1px solid var(--line); color: var(--soft); font-size: 14.5px; }
.empty { margin: 28px 0 0; padding: 14px 18px; border: 1px solid var(--clay); border-radius: 6px; background: var(--card); }
.k0 { fill: #2f7f8c; } .k1 { fill: #c4613d; } .k2 { fill: #6e7f4a; }
.s1 { opacity: .75; } .s2 { opacity: .5; } .s3 { opacity: .3; }
`;
const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;

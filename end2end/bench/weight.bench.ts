// What home weighs on the wire, cold: every byte that the network layer of the browser received until the page was quiet.
import { type BrowserContext } from '@playwright/test';
import { hydrated, test } from '../support/test';

interface Weight { bytes: Map<string, number>; usable: number; total: number }

test('bytes of the home route, cold', async ({ member, visitor, browser, earshot }) => {
  const ana = await member('ana');
  const stranger = await visitor('stranger');

  for (const [who, context] of [['a visitor', stranger.context], ['a member', ana.context]] as const) {
    // A context of its own has a cache of its own; only the log-in comes with it. A worker would fetch on its own account.
    const storageState = await context.storageState();
    const cold = await browser.newContext({ baseURL: earshot.url, storageState, serviceWorkers: 'block' });
    print(who, await weigh(cold));
    await cold.close();
  }
});

async function weigh(context: BrowserContext): Promise<Weight> {
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  const kinds = new Map<string, string>();
  const bytes = new Map<string, number>();
  network.on('Network.responseReceived', ({ requestId, response, type }) => kinds.set(requestId, kind(response.url, type)));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const name = kinds.get(requestId) ?? 'other';
    bytes.set(name, (bytes.get(name) ?? 0) + encodedDataLength);
  });
  await network.send('Network.enable');

  await page.goto('/');
  await hydrated(page);
  const usable = sum(bytes);
  await page.waitForLoadState('networkidle');
  return { bytes, usable, total: sum(bytes) };
}

function kind(url: string, type: string): string {
  const ending = new URL(url).pathname.match(/\.(wasm|js|css|woff2|svg|png|webmanifest)$/)?.[1];
  return ending ?? (type === 'Document' ? 'html' : type === 'Image' ? 'covers' : 'other');
}

const sum = (bytes: Map<string, number>) => [...bytes.values()].reduce((all, some) => all + some, 0);

function print(who: string, { bytes, usable, total }: Weight) {
  const parts = [...bytes].sort(([, one], [, other]) => other - one).map(([name, size]) => `${name} ${size}`);
  console.log(`home, cold, for ${who}: wasm ${bytes.get('wasm') ?? 0} bytes, total ${total} bytes (${usable} before it is usable)`);
  console.log(`  ${parts.join(', ')}`);
}

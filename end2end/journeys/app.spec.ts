// Installing it, reading it without wasm, and the main routes under axe (not yet: album, artist, track, invite, a running Jam).
import AxeBuilder from '@axe-core/playwright';
import { becomeContacts, expect, test } from '../support/test';

test('M18 it installs as an app, and offline shows a page without a person', async ({ member, earshot, allowNetworkErrors }) => {
  allowNetworkErrors();
  const ana = await member('ana');
  const manifest = await (await ana.page.request.get('/manifest.webmanifest')).json();
  expect(manifest.display).toBe('standalone');
  for (const icon of manifest.icons) expect((await ana.page.request.get(icon.src)).ok()).toBe(true);

  await ana.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await ana.page.reload();
  await ana.goto('/library');
  const cached = await ana.page.evaluate(async () => {
    const urls: string[] = [];
    for (const name of await caches.keys()) urls.push(...(await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname));
    return urls;
  });
  expect(cached.some((path) => path.startsWith('/pkg/'))).toBe(true);
  expect(cached.filter((path) => !/^\/(pkg|icons?|fonts|offline|favicon|icon-|apple|manifest)/.test(path))).toEqual([]);

  await earshot.kill();
  await ana.page.goto('/messages').catch(() => undefined);
  await expect(ana.page.getByText(/offline/i).first()).toBeVisible();
  await expect(ana.page.getByText('Ana')).toHaveCount(0);
  await earshot.up();
});

test('A1 sign-up and log-in work before the wasm arrives', async ({ visitor }) => {
  const ana = await visitor('ana', { javaScriptEnabled: false });
  await ana.page.goto('/signup');
  await ana.fillSignUp();
  await expect(ana.page.getByRole('region', { name: 'Player' })).toBeVisible();
  await ana.page.goto('/library');
  await expect(ana.page.getByText('Tide Tables').first()).toBeVisible();

  const again = await visitor('ana', { javaScriptEnabled: false });
  await again.page.goto('/login');
  await again.page.getByRole('textbox', { name: 'Username' }).fill('ana');
  await again.page.getByLabel('Password', { exact: true }).fill('not the one');
  await again.page.getByRole('button', { name: 'Log in' }).click();
  await expect(again.page.getByRole('alert')).toContainText('do not match');
});

test('axe finds nothing on the main routes, dark or light', async ({ member, visitor }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  const conversation = new URL(ana.page.url()).pathname;
  const stranger = await visitor('stranger');

  for (const scheme of ['dark', 'light'] as const) {
    for (const [who, paths] of [
      [stranger, ['/', '/signup', '/login']],
      [ana, ['/', '/library', '/search?q=tide', '/messages', conversation, '/jam', '/settings', '/settings/privacy', '/admin']],
    ] as const) {
      await who.page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      for (const path of paths) {
        await who.goto(path);
        const { violations } = await new AxeBuilder({ page: who.page }).analyze();
        expect(violations.map((found) => `${scheme} ${path}: ${found.id} ${found.nodes.map((node) => node.target).join(' ')}`)).toEqual([]);
      }
    }
  }
});

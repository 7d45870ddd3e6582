// Installing it, reading it without wasm, being logged out elsewhere, and every route under axe.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { becomeContacts, expect, openConversation, test } from '../support/test';
import { addToJam } from '../support/jam';

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

test('the friends of a phone close by Escape, by a press beside them and by their button', async ({ visitor }) => {
  const ana = await visitor('ana', { viewport: { width: 390, height: 844 } });
  await ana.signUp();
  const friends = ana.page.getByRole('complementary', { name: 'Friends' });
  const opener = ana.page.getByRole('button', { name: 'Friends' });
  const ways = [
    () => ana.page.keyboard.press('Escape'),
    () => ana.page.mouse.click(20, 500),
    () => opener.click(),
  ];

  for (const close of ways) {
    await opener.click();
    await expect(friends).toBeVisible();
    await friends.getByRole('heading', { name: 'Friends' }).click();
    await expect(friends).toBeVisible();
    await close();
    await expect(friends).toBeHidden();
  }
});

test('axe finds nothing on the main routes, dark or light', async ({ member, visitor }) => {
  test.setTimeout(180_000);
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  const conversation = new URL(ana.page.url()).pathname;
  const stranger = await visitor('stranger');
  await ana.goto('/messages');
  await ana.page.getByRole('button', { name: 'New invite link' }).click();
  const invite = new URL(await ana.page.getByRole('textbox', { name: 'Invite link' }).inputValue()).pathname;
  await ana.goto('/library');
  const album = (await ana.page.getByRole('link', { name: /Tide Tables/ }).first().getAttribute('href'))!;
  await ana.goto(album);
  const artist = (await ana.page.getByRole('link', { name: 'Hana Mori' }).first().getAttribute('href'))!;
  await ana.page.getByRole('button', { name: 'Play Slack' }).click();
  const track = (await ana.player.getByRole('link', { name: 'Slack' }).getAttribute('href'))!;

  for (const scheme of ['dark', 'light'] as const) {
    for (const [who, paths] of [
      [stranger, ['/', '/signup', '/login', invite]],
      [ana, ['/', '/library', '/search?q=tide', album, artist, track, '/messages', conversation, '/jam', '/settings', '/settings/privacy', '/admin']],
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

test('axe finds nothing in a Jam request and a running Jam, as host and as guest', async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  await openConversation(ben, ana);
  const look = async (page: Page, name: string) => {
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await painted(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((found) => `${colorScheme} ${name}: ${found.id} ${found.nodes.map((node) => node.target).join(' ')}`)).toEqual([]);
    }
  };

  await ana.page.getByRole('button', { name: 'Request Jam' }).click();
  await expect(ben.page.getByRole('region', { name: 'Jam request' })).toBeVisible();
  await look(ana.page, 'asking');
  await look(ben.page, 'asked');
  await ben.page.getByRole('button', { name: 'Accept Jam' }).click();
  for (const one of [ana, ben]) await expect(one.page.getByRole('list', { name: 'In this Jam' }).getByRole('listitem')).toHaveCount(2);
  await addToJam(ben, 'first', 'First Light');
  await addToJam(ana, 'low', 'Low Water');
  await look(ana.page, 'guest');
  await look(ben.page, 'host');
});

test('A4 a log-in that has ended elsewhere shows nothing more', async ({ member }) => {
  const ana = await member('ana');
  const other = await ana.context.newPage();
  await other.goto('/');
  await other.waitForFunction(() => document.documentElement.hasAttribute('data-hydrated'));
  await other.getByRole('button', { name: 'Account' }).first().click();
  await other.getByRole('button', { name: 'Log out' }).click();
  await expect(ana.page.getByRole('region', { name: 'Player' })).toHaveCount(0);
});

// The colours are those of the scheme that was just asked for.
const painted = (page: Page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

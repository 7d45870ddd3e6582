// A new member finds the library, searches, plays; the music goes on between pages and tabs (A1, A7, T1 to T4).
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Earshot } from '../support/earshot';
import { music, render, TONES } from '../support/music';
import { expect, hydrated, Member, test } from '../support/test';

const seek = (member: Member) => member.player.getByRole('slider', { name: 'Seek' });
const seconds = async (member: Member) => Number(await seek(member).inputValue());

test('A7 the first account is administrator, and no set-up screen stands before it', async ({ member }) => {
  const ana = await member('ana');
  await ana.goto('/admin');
  await expect(ana.page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(ana.page.getByRole('heading', { level: 1 })).toHaveText('Administration');

  const ben = await member('ben');
  const answer = await ben.page.request.get('/admin');
  expect(answer.status()).toBe(404);
});

test('A1 an account under 16 has the music and nothing social', async ({ visitor }) => {
  const kim = await visitor('kim');
  const young = new Date(Date.now() - 14 * 365 * 86_400_000).toISOString().slice(0, 10);
  await kim.signUp(young);
  await expect(kim.page.getByRole('link', { name: 'Messages' })).toHaveCount(0);

  const answer = await kim.page.request.get('/messages');
  expect(answer.status()).toBe(403);
  expect(await answer.text()).toContain('open when you are 16');
  await kim.goto('/library');
  await expect(kim.page.getByText('Tide Tables').first()).toBeVisible();
});

test('T4 search finds as one types, without diacritics', async ({ member }) => {
  const ana = await member('ana');
  await ana.goto('/search');
  await ana.page.getByRole('searchbox').fill('cafe no');
  await expect(ana.page.getByRole('button', { name: 'Play Café Noir' })).toBeVisible();
  await expect(ana.page).toHaveURL(/q=cafe/);
});

test('T3 plays, seeks, goes on to the next, and never stops between pages', async ({ member }) => {
  const ana = await member('ana');
  await ana.goto('/library');
  await ana.page.getByRole('link', { name: /Tide Tables/ }).first().click();
  await ana.page.getByRole('button', { name: 'Play First Light' }).click();

  await expect(ana.player).toContainText('First Light');
  await expect(ana.player.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect.poll(() => seconds(ana)).toBeGreaterThan(1);

  await seek(ana).fill('40');
  await expect.poll(() => seconds(ana)).toBeGreaterThan(40);
  await ana.page.getByRole('link', { name: 'Home' }).first().click();
  const before = await seconds(ana);
  await expect.poll(() => seconds(ana)).toBeGreaterThan(before + 1);

  await ana.player.getByRole('button', { name: 'Next' }).click();
  await expect(ana.player).toContainText('Low Water');
  await expect.poll(() => seconds(ana)).toBeGreaterThan(0.5);
  await ana.player.getByRole('button', { name: 'Previous' }).click();
  await expect(ana.player).toContainText('First Light');

  await ana.player.getByRole('slider', { name: 'Volume' }).fill('30');
  await expect.poll(() => ana.page.evaluate(() => document.querySelector('audio')?.volume)).toBeCloseTo(0.3, 1);
  await ana.player.getByRole('button', { name: 'Pause' }).click();
  await expect(ana.player.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
});

test('T3 the space bar pauses what plays, also on the button that started it', async ({ member }) => {
  const ana = await member('ana');
  await ana.goto('/album/' + (await albumId(ana, 'Tide Tables')));
  await ana.page.getByRole('button', { name: 'Play Slack' }).press('Space');
  await expect.poll(() => seconds(ana)).toBeGreaterThan(1);

  await ana.page.keyboard.press('Space');
  await expect(ana.player.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  expect(await seconds(ana)).toBeGreaterThan(0);
  await ana.page.keyboard.press('Space');
  await expect(ana.player.getByRole('button', { name: 'Pause' })).toBeVisible();
  expect(await seconds(ana)).toBeGreaterThan(0);
});

test('T3 one tab sounds, the other shows it, controls it and takes it over', async ({ member }) => {
  const ana = await member('ana');
  await ana.goto('/album/' + (await albumId(ana, 'Tide Tables')));
  await ana.page.getByRole('button', { name: 'Play First Light' }).click();
  await expect.poll(() => seconds(ana)).toBeGreaterThan(0.5);

  const second = await ana.context.newPage();
  await second.goto('/library');
  await hydrated(second);
  const player = second.getByRole('region', { name: 'Player' });
  await expect(player).toContainText('First Light');
  await expect.poll(async () => Number(await player.getByRole('slider', { name: 'Seek' }).inputValue())).toBeGreaterThan(1);

  await player.getByRole('button', { name: 'Pause' }).click();
  await expect(ana.player.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await player.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(ana.player.getByRole('button', { name: 'Pause' })).toBeVisible();

  await player.getByRole('button', { name: 'Play here' }).click();
  await expect.poll(() => second.evaluate(() => document.querySelector('audio')?.paused)).toBe(false);
  await expect.poll(() => ana.page.evaluate(() => document.querySelector('audio')?.paused)).toBe(true);
});

test('T1 files that come and go show up by themselves, and a broken one is listed with its reason', async ({ browser }) => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-watched-'));
  render({ ...TONES[5], title: 'Here First', album: 'Watched' }, join(folder, 'here.flac'));
  writeFileSync(join(folder, 'empty.flac'), '');
  writeFileSync(join(folder, 'noise.mp3'), Buffer.alloc(4000, 7));
  const earshot = await Earshot.start(['--library', folder]);
  const troubles: string[] = [];
  try {
    const ana = await Member.visit('ana', browser, earshot.url, troubles);
    await ana.signUp();
    await ana.goto('/search?q=here');
    await expect(ana.page.getByRole('button', { name: 'Play Here First' })).toBeVisible();

    await ana.goto('/admin');
    await expect(ana.page.getByText('empty.flac')).toBeVisible();
    await expect(ana.page.getByText('noise.mp3')).toBeVisible();

    const later = join(folder, 'later.flac');
    render({ ...TONES[5], title: 'Came Later', album: 'Watched' }, join(tmpdir(), 'later.flac'));
    copyFileSync(join(tmpdir(), 'later.flac'), later);
    await found(ana, 'came later', 'Play Came Later', 1);
    rmSync(later);
    await found(ana, 'came later', 'Play Came Later', 0);
    expect(troubles).toEqual([]);
  } finally {
    await earshot.stop();
    rmSync(folder, { recursive: true });
  }
});

async function found(member: Member, words: string, button: string, count: number) {
  await expect(async () => {
    await member.goto('/search?q=' + encodeURIComponent(words));
    await expect(member.page.getByRole('button', { name: button })).toHaveCount(count, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
}

async function albumId(member: Member, title: string): Promise<string> {
  await member.goto('/library');
  const href = await member.page.getByRole('link', { name: new RegExp(title) }).first().getAttribute('href');
  return href!.split('/').pop()!;
}

test('T1 the library folder is never written to', async ({ member, earshot, allowNetworkErrors }) => {
  allowNetworkErrors();
  const { readdirSync, readFileSync, statSync } = await import('node:fs');
  const { createHash } = await import('node:crypto');
  const look = () =>
    readdirSync(music(), { recursive: true }).map(String).sort().map((name) => {
      const path = `${music()}/${name}`;
      const { mtimeMs, size } = statSync(path);
      return statSync(path).isFile() ? `${name} ${mtimeMs} ${size} ${createHash('sha256').update(readFileSync(path)).digest('hex')}` : name;
    });

  const before = look();
  const ana = await member('ana');
  await ana.goto('/library');
  await ana.page.getByRole('link', { name: /Tide Tables/ }).first().click();
  await ana.page.getByRole('button', { name: 'Play First Light' }).click();
  await expect(ana.player.getByRole('button', { name: 'Pause' })).toBeVisible();
  await earshot.kill();
  await earshot.up();
  expect(look()).toEqual(before);
});

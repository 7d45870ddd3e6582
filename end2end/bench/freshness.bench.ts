// From a click on pause to the friend's changed page: two members, two contexts, one server, the loopback between them.
// Both instants are wall clock times of the machine that both pages run on; painting comes on top.
import { setTimeout as sleep } from 'node:timers/promises';
import { becomeContacts, expect, hydrated, Member, test } from '../support/test';

const ROUNDS = 200;

interface Seen { word: string; at: number }
type Bench = typeof globalThis & { clicks: number[]; seen: Seen[] };

test(`from a click on pause to the friend's changed page, ${ROUNDS} times`, async ({ member }) => {
  const ana = await member('ana');
  const ben = await member('ben');
  await becomeContacts(ana, ben);
  await share(ana);
  await ana.goto('/search?q=tide');
  await ana.page.getByRole('button', { name: 'Play First Light' }).click();
  await expect(ben.page.getByRole('region', { name: 'Listening activity' })).toContainText('Now playing');

  await noteClicks(ana);
  await noteWords(ben);
  for (let round = 0; round < ROUNDS; round++) {
    await press(ana, ben, 'Pause', 2 * round + 1);
    await press(ana, ben, 'Play', 2 * round + 2);
  }

  const clicks = await ana.page.evaluate(() => (globalThis as Bench).clicks);
  const seen = await ben.page.evaluate(() => (globalThis as Bench).seen);
  const pauses = seen.map(({ word, at }, nth) => ({ word, ms: at - clicks[nth] })).filter(({ word }) => word === 'Paused');
  print(pauses.map(({ ms }) => ms));
});

// Presses a button and waits until the friend's page has shown so many changes. The pause afterwards has no fixed length,
// so that no timer of the server keeps step with it.
async function press(ana: Member, ben: Member, name: string, changes: number) {
  await ana.player.getByRole('button', { name, exact: true }).click();
  await ben.page.waitForFunction((changes) => (globalThis as Bench).seen.length >= changes, changes, { polling: 20 });
  await sleep(20 + 60 * Math.random());
}

async function noteClicks(who: Member) {
  await who.page.evaluate(() => {
    const clicks: number[] = ((globalThis as Bench).clicks = []);
    document.addEventListener('click', () => clicks.push(performance.timeOrigin + performance.now()), { capture: true });
  });
}

async function noteWords(who: Member) {
  await who.page.getByRole('region', { name: 'Listening activity' }).evaluate((region) => {
    const seen: Seen[] = ((globalThis as Bench).seen = []);
    let shown = 'Now playing';
    const look = () => {
      const word = ['Paused', 'Now playing'].find((word) => region.textContent?.includes(word));
      if (!word || word === shown) return;
      shown = word;
      seen.push({ word, at: performance.timeOrigin + performance.now() });
    };
    new MutationObserver(look).observe(region, { subtree: true, childList: true, characterData: true });
  });
}

async function share(who: Member) {
  await who.goto('/settings/privacy');
  const toggle = who.page.getByRole('switch', { name: 'Listening activity' });
  await toggle.click();
  await expect(toggle).toHaveAttribute('aria-checked', 'true');
  await hydrated(who.page);
}

function print(times: number[]) {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1);
  console.log(`pause to the friend's page, ${times.length} times: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`);
}

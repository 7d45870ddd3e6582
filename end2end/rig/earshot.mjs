// Earshot as a scenario of the audio rig: two members in one Jam, each in a browser of their own, heard sample by sample.
//   RIG_MODULES=end2end node RIG/rig.mjs --scenario end2end/rig/earshot.mjs --net jitter --seconds 60
// EARSHOT_BIN names the server. The script pauses, plays and seeks where the run is long enough.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const name = 'earshot';

export async function serve({ track, out }) {
  const library = join(out, 'library'), data = join(out, 'data');
  mkdirSync(library, { recursive: true });
  // Without tags, so that the file's name is its title.
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', track, '-map_metadata', '-1', '-map', '0:a', '-c', 'copy', join(library, 'Shared Song.flac')]);

  const port = await freePort();
  const server = spawn(process.env.EARSHOT_BIN ?? 'earshot',
    ['--library', library, '--data', data, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'inherit', 'inherit'] });
  for (let tries = 0; tries < 200; tries++) {
    if (await fetch(`http://127.0.0.1:${port}/readyz`).then((answer) => answer.ok, () => false)) break;
    await sleep(100);
  }
  return { upstreams: { web: `127.0.0.1:${port}` }, stop: () => server.kill('SIGTERM') };
}

export async function start(pageA, pageB, urls) {
  await signUp(pageA, urls.a.web, 'ana');
  await signUp(pageB, urls.b.web, 'ben');

  await goto(pageA, `${urls.a.web}/messages`);
  await pageA.getByRole('button', { name: 'New invite link' }).click();
  const link = await pageA.getByRole('textbox', { name: 'Invite link' }).inputValue();
  await goto(pageB, urls.b.web + new URL(link).pathname);
  await pageB.getByRole('button', { name: 'Ask to chat' }).click();
  await pageA.getByRole('list', { name: 'Requests' }).getByRole('button', { name: 'Accept' }).click();
  for (const [page, url, other] of [[pageA, urls.a.web, /Ben/], [pageB, urls.b.web, /Ana/]]) {
    await goto(page, `${url}/messages`);
    await page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: other }).first().click();
  }

  await pageA.getByRole('button', { name: 'Request Jam' }).click();
  await pageB.getByRole('button', { name: 'Accept Jam' }).click();
  await pageB.getByRole('searchbox', { name: /Add tracks/ }).fill('Shared');
  await pageB.getByRole('button', { name: 'Add Shared Song' }).click();
  for (const page of [pageA, pageB]) {
    await page.getByRole('status').filter({ hasText: 'In sync' }).waitFor({ timeout: 30_000 });
  }
}

export function script({ seconds }) {
  if (process.env.RIG_STEADY || seconds < 60) return [];
  const third = seconds / 3;
  return [
    [third, (a) => player(a).getByRole('button', { name: 'Pause' }).click()],
    [third + 2, (_, b) => player(b).getByRole('button', { name: 'Play', exact: true }).click()],
    [2 * third, (a) => player(a).getByRole('slider', { name: 'Seek' }).fill('20')],
  ];
}

export async function report(page) {
  return { status: await page.getByRole('status').allInnerTexts() };
}

const player = (page) => page.getByRole('region', { name: 'Player' });

async function signUp(page, url, username) {
  await goto(page, `${url}/signup`);
  await page.getByRole('textbox', { name: 'Username' }).fill(username);
  await page.getByRole('textbox', { name: 'Display name' }).fill(username === 'ana' ? 'Ana' : 'Ben');
  await page.getByLabel('Password', { exact: true }).fill(`${username} has a secret`);
  await page.getByLabel('Date of birth').fill('1990-05-17');
  await page.getByLabel('Country').selectOption('DE');
  await page.getByRole('button', { name: 'Create account' }).click();
  await player(page).waitFor();
}

async function goto(page, url) {
  await page.goto(url);
  await page.waitForFunction(() => document.documentElement.hasAttribute('data-hydrated'));
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

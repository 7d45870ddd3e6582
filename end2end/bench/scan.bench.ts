// How fast a folder of music is scanned: 2,000 FLAC files with tags of their own, 200 albums with a cover each, in the
// file cache of the system. The second figure is the same folder again, unchanged, by a new process.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from '@playwright/test';
import { Earshot } from '../support/earshot';
import { flac, type Sound } from './flac';

const ALBUMS = 200;
const TRACKS = 10;
const FILES = ALBUMS * TRACKS;

test(`scan of ${FILES} files`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
  fill(folder);

  const begun = performance.now();
  const earshot = await Earshot.start(['--library', folder]);
  try {
    await scanned(earshot);
    print('first scan', begun);

    await earshot.kill();
    const again = performance.now();
    await earshot.up();
    await scanned(earshot);
    print('unchanged', again);
  } finally {
    await earshot.stop();
    rmSync(folder, { recursive: true });
  }
});

function print(what: string, begun: number) {
  const seconds = (performance.now() - begun) / 1_000;
  console.log(`${what}: ${FILES} files in ${seconds.toFixed(2)} s, ${Math.round(FILES / seconds)} files per second, start of the server included`);
}

// Waits for the end of the scan as operators see it.
async function scanned(earshot: Earshot) {
  for (;;) {
    const text = await (await fetch(`${earshot.url}/metrics`)).text();
    const gauge = (name: string) => Number(text.match(new RegExp(`^earshot_scan_${name} (\\d+)$`, 'm'))?.[1]);
    if (gauge('running') === 0 && gauge('files_done') >= FILES) return;
    await sleep(20);
  }
}

function fill(folder: string) {
  const sound = render(folder);
  for (let album = 0; album < ALBUMS; album++) {
    const artist = `Artist ${Math.floor(album / 2)}`;
    const place = join(folder, artist, `Album ${album}`);
    mkdirSync(place, { recursive: true });
    // What follows the end of a JPEG is no part of the picture, but makes it another file.
    const cover = Buffer.concat([sound.cover, Buffer.from(`album ${album}`)]);
    for (let track = 1; track <= TRACKS; track++) {
      const tags = { TITLE: `Track ${track} of ${album}`, ARTIST: artist, ALBUM: `Album ${album}`, TRACKNUMBER: track, DATE: 1970 + (album % 50), GENRE: 'Bench' };
      writeFileSync(join(place, `${track}.flac`), flac({ ...sound, cover }, tags));
    }
  }
}

// One short tone and one picture, by ffmpeg.
function render(folder: string): Sound {
  const make = (name: string, ...args: string[]) => {
    const file = join(folder, name);
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', ...args, file]);
    const bytes = readFileSync(file);
    rmSync(file);
    return bytes;
  };
  return {
    flac: make('tone.flac', '-i', 'sine=frequency=440:duration=2', '-ac', '2'),
    cover: make('cover.jpg', '-i', 'testsrc2=size=600x600', '-frames:v', '1'),
  };
}

// Music for the journeys: short tagged tones, made once by ffmpeg. Nobody listens to it; the demo's music is another.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Tone { title: string; artist: string; album: string; number: number; seconds: number; hertz: number }

export const TONES: Tone[] = [
  { title: 'First Light', artist: 'Hana Mori', album: 'Tide Tables', number: 1, seconds: 70, hertz: 220 },
  { title: 'Low Water', artist: 'Hana Mori', album: 'Tide Tables', number: 2, seconds: 60, hertz: 262 },
  { title: 'Slack', artist: 'Hana Mori', album: 'Tide Tables', number: 3, seconds: 60, hertz: 294 },
  { title: 'Café Noir', artist: 'Étienne Loup', album: 'Night Buses', number: 1, seconds: 60, hertz: 330 },
  { title: 'Last Stop', artist: 'Étienne Loup', album: 'Night Buses', number: 2, seconds: 60, hertz: 349 },
  { title: 'Short One', artist: 'Étienne Loup', album: 'Night Buses', number: 3, seconds: 12, hertz: 392 },
];

// The folder with all of them.
export function music(): string {
  const folder = join(tmpdir(), 'earshot-journey-music');
  for (const tone of TONES) {
    const album = join(folder, tone.artist, tone.album);
    const file = join(album, `${tone.number} ${tone.title}.flac`);
    if (existsSync(file)) continue;
    mkdirSync(album, { recursive: true });
    render(tone, file);
  }
  return folder;
}

// One tone as a tagged FLAC file.
export function render(tone: Tone, file: string) {
  const tags = { title: tone.title, artist: tone.artist, album: tone.album, album_artist: tone.artist, track: tone.number };
  execFileSync('ffmpeg', [
    '-v', 'error', '-y', '-f', 'lavfi', '-i', `sine=frequency=${tone.hertz}:duration=${tone.seconds}`, '-ac', '2', '-af', 'volume=0.1',
    ...Object.entries(tags).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]), file,
  ]);
}

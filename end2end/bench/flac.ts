// A FLAC file with other tags and another cover, without encoding it again: a file is "fLaC", blocks of metadata, frames.
// Each block is one byte (the highest bit marks the last one, the rest is its kind), three bytes of length, and its content.

export interface Sound { flac: Buffer; cover: Buffer }

const STREAMINFO = 0;
const COMMENT = 4;
const PICTURE = 6;
const LAST = 0x80;

export function flac({ flac, cover }: Sound, tags: Record<string, string | number>): Buffer {
  const info = flac.subarray(8, 8 + flac.readUIntBE(5, 3));
  return Buffer.concat([
    Buffer.from('fLaC'), ...block(STREAMINFO, info), ...block(COMMENT, comments(tags)), ...block(PICTURE | LAST, picture(cover)), frames(flac),
  ]);
}

// The first block is always STREAMINFO; frames begin behind the last.
function frames(flac: Buffer): Buffer {
  let at = 4;
  for (let last = false; !last; ) {
    last = (flac[at] & LAST) !== 0;
    at += 4 + flac.readUIntBE(at + 1, 3);
  }
  return flac.subarray(at);
}

function block(kind: number, content: Buffer): Buffer[] {
  const head = Buffer.alloc(4);
  head.writeUInt8(kind, 0);
  head.writeUIntBE(content.length, 1, 3);
  return [head, content];
}

function comments(tags: Record<string, string | number>): Buffer {
  const rows = Object.entries(tags).map(([name, value]) => sized(Buffer.from(`${name}=${value}`), 'LE'));
  return Buffer.concat([sized(Buffer.from('earshot bench'), 'LE'), number(rows.length, 'LE'), ...rows]);
}

function picture(cover: Buffer): Buffer {
  const FRONT = 3;
  const unknown = number(0, 'BE');
  return Buffer.concat([
    number(FRONT, 'BE'), sized(Buffer.from('image/jpeg'), 'BE'), sized(Buffer.alloc(0), 'BE'), unknown, unknown, unknown, unknown, sized(cover, 'BE'),
  ]);
}

const sized = (bytes: Buffer, order: 'LE' | 'BE') => Buffer.concat([number(bytes.length, order), bytes]);

function number(value: number, order: 'LE' | 'BE'): Buffer {
  const bytes = Buffer.alloc(4);
  if (order === 'LE') bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return bytes;
}

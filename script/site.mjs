// Puts the built parts of the site into place: bundles styles, names files by content, compresses, checks the wasm budget.
//   node script/site.mjs WORK SITE     WORK holds earshot.js, earshot.wasm and snippets/ from wasm-bindgen
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

// Raising it needs a decision note with a table of what takes the room (docs/decisions).
const WASM_BUDGET_BYTES = 480_000;

const [work, site] = process.argv.slice(2);
const root = resolve(import.meta.dirname, '..');
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });

// One style file: the imports of style/main.css in their order, each in its layer.
function styles(file) {
  return readFileSync(file, 'utf8')
    .replace(/@import\s+(?:url\()?["']([^"']+)["']\)?(?:\s+layer\(([^)]+)\))?\s*;/g, (_, path, layer) => {
      const inner = styles(join(dirname(file), path));
      return layer ? `@layer ${layer} {\n${inner}\n}` : inner;
    })
    .replace(/\/\*[^]*?\*\//g, '')
    .replace(/^[ \t]+/gm, '')
    .replace(/\n{2,}/g, '\n');
}

rmSync(site, { recursive: true, force: true });
mkdirSync(join(site, 'pkg'), { recursive: true });
cpSync(join(root, 'public'), site, { recursive: true });
if (existsSync(join(work, 'snippets'))) cpSync(join(work, 'snippets'), join(site, 'pkg/snippets'), { recursive: true });

const names = {};
for (const [kind, name, bytes] of [
  ['js', 'earshot', readFileSync(join(work, 'earshot.js'))],
  ['wasm', 'earshot', readFileSync(join(work, 'earshot.wasm'))],
  ['css', 'main', Buffer.from(styles(join(root, 'style/main.css')))],
]) {
  names[kind] = `${name}-${hash(bytes)}.${kind}`;
  writeFileSync(join(site, 'pkg', names[kind]), bytes);
}
writeFileSync(join(site, 'pkg/manifest.json'), JSON.stringify(names));

const sizes = {};
for (const entry of readdirSync(site, { recursive: true })) {
  const path = join(site, entry);
  if (!statSync(path).isFile() || !/\.(js|wasm|css|svg|html|webmanifest)$/.test(path)) continue;
  const small = brotli(readFileSync(path));
  writeFileSync(`${path}.br`, small);
  sizes[entry] = small.length;
}

const wasm = sizes[`pkg/${names.wasm}`];
console.log(`wasm ${wasm} bytes, js ${sizes[`pkg/${names.js}`]} bytes, css ${sizes[`pkg/${names.css}`]} bytes (brotli)`);
if (wasm > WASM_BUDGET_BYTES && !process.env.EARSHOT_WASM_PROFILE) {
  console.error(`The wasm file is over its budget of ${WASM_BUDGET_BYTES} bytes.`);
  process.exit(1);
}

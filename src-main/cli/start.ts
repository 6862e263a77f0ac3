import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

// What `platter` runs first: takes the program's own modules from V8's code cache where the build made one for the
// V8 at hand (build/scripts/code-cache.mjs). That halves the time until a verb begins. Without a cache, or where V8
// refuses it, the same modules are compiled from their source.

/** The format of what `Script` compiles, and V8's own version: a cache for another one is not even read. */
const CACHE_FOLDER = join(
  __dirname,
  'code-cache',
  `${process.versions.v8}-${process.platform}-${process.arch}`,
);

/** V8 compares no more than a source's length, so a cache is trusted only where the name itself follows the content. */
const NAME_OF_CONTENT = /-[\w-]{8}\.cjs$/;

interface OwnModule {
  exports: unknown;
}

type Wrapper = (
  this: unknown,
  exports: unknown,
  require: unknown,
  module: OwnModule,
  filename: string,
  dirname: string,
) => void;

const outside = createRequire(__filename);
const loaded = new Map<string, OwnModule>();

/** `require` of the program's modules: `./NAME.cjs` is one of them, everything else Node's affair. */
function load(id: string): unknown {
  if (!id.startsWith('./')) return outside(id);
  const known = loaded.get(id);
  if (known !== undefined) return known.exports;
  const own: OwnModule = { exports: {} };
  loaded.set(id, own);
  const filename = join(__dirname, id);
  compile(filename, id).call(own.exports, own.exports, load, own, filename, __dirname);
  return own.exports;
}

function compile(filename: string, id: string): Wrapper {
  const source = readFileSync(filename, 'utf8');
  const wrapped = `(function (exports, require, module, __filename, __dirname) { ${source}\n})`;
  const cachedData = NAME_OF_CONTENT.test(id) ? readCache(`${id}.bin`) : undefined;
  const script = new Script(wrapped, { filename, ...(cachedData === undefined ? {} : { cachedData }) });
  return script.runInThisContext() as Wrapper;
}

function readCache(name: string): Buffer | undefined {
  try {
    return readFileSync(join(CACHE_FOLDER, name));
  } catch {
    return undefined;
  }
}

// A signal that comes while the modules are compiled would end the process without a word; with a listener it waits
// until the command line is there to hear it, which listens to the same event.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => undefined);
load('./cli-main.cjs');

import { expect, it } from 'vitest';
import fs from 'node:fs';
import crypto from 'node:crypto';
import { Corpus, corpusFolder } from '../../../support/corpus';
import { makeTempFolder, removeTempFolder } from '../../../support/temp';
import { runCli } from '../run-cli';
const log = (...a: unknown[]): void => fs.appendFileSync('/tmp/platter/L/all.txt', a.map((x) => typeof x === 'string' ? x : JSON.stringify(x)).join(' ') + '\n');
it('all', async () => {
  const corpus = new Corpus(corpusFolder()!);
  const codes: Record<string, number> = {};
  let n = 0;
  for (const e of corpus.entries) {
    if (e.size > 12e6) continue;
    n += 1; if (n % 10 === 0) log('at', n, e.name);
    const d = makeTempFolder('all');
    const f = e.size < 20e6 ? (e.type === 4 ? corpus.unpackGroup(e.name, d) : corpus.unpack(e.name, d)) : corpus.unpack(e.name, d);
    const h = crypto.createHash('sha256').update(fs.readFileSync(f)).digest('hex');
    for (const argv of [['info'], ['check', '--deep', '--chain'], ['map'], ['map', '--format', 'qemu'], ['inspect'], ['chain'], ['hash'], ['repair'], ['compact', '--estimate'], ['attach-command'], ['read', '--length', '512']]) {
      for (const json of [[], ['--json']]) {
        if (argv[0] === 'read' && json.length) continue;
        const t = Date.now();
        const r = await runCli([argv[0]!, f, ...argv.slice(1), ...json], { env: { PLATTER_DEBUG: '1' } });
        const ms = Date.now() - t;
        const key = `${argv[0]} ${r.exitCode}`;
        codes[key] = (codes[key] ?? 0) + 1;
        if (r.exitCode === 5) log(e.name, argv, r.stdout.slice(0, 300), r.stderr.slice(0, 600));
        if (r.exitCode > 2 && json.length === 0 && argv[0] !== 'compact') log(e.name, argv[0], r.stderr.split('\n').slice(0, 3).join(' | '));
        if (json.length && argv[0] !== 'read') { JSON.parse(r.stdout); }
        if (ms > 3000) log('SLOW', e.name, argv, ms);
        if (/undefined|NaN|\[object/.test(r.stdout)) log('ODD', e.name, argv, /.*(undefined|NaN|\[object).*/.exec(r.stdout)![0]);
      }
    }
    expect(crypto.createHash('sha256').update(fs.readFileSync(f)).digest('hex')).toBe(h);
    removeTempFolder(d);
  }
  log(JSON.stringify(codes, null, 1));
}, 600000);

// @ts-check
// Loaded into a run of the built command line: when it ends, the code cache of each of its modules is written, with the
// functions that were compiled by then. What an earlier run put into the cache stays in it.
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

/** @type {{ readonly file: string, readonly script: vm.Script }[]} */
const scripts = [];

class RecordedScript extends vm.Script {
  /**
   * @param {string} code
   * @param {vm.ScriptOptions & { filename: string }} options
   */
  constructor(code, options) {
    super(code, options);
    scripts.push({ file: options.filename, script: this });
  }
}
Object.assign(vm, { Script: RecordedScript });

process.on('exit', (code) => {
  if (code !== 0) return;
  for (const { file, script } of scripts) {
    const { versions, platform, arch } = process;
    const folder = path.join(path.dirname(file), 'code-cache', `${versions.v8}-${platform}-${arch}`);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, `${path.basename(file)}.bin`), script.createCachedData());
  }
});

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dispatch } from '../../../src-main/ipc/dispatch';
import { ERROR_CODES } from '../../../src-shared/errors';
import { METHOD_NAMES, type MethodName } from '../../../src-shared/ipc/method-names';
import { useTempFolders } from '../../support/temp';
import { openTestDoor, type TestDoor } from '../services/test-services';

const tempFolder = useTempFolders('all');
let door: TestDoor;

beforeAll(() => {
  door = openTestDoor(tempFolder('wrong-inputs'));
});
afterAll(() => door.services.close());

/** Names the contract uses, so that wrong values get past the first look. */
const KEYS = [
  'fileId', 'folderId', 'target', 'name', 'offset', 'length', 'operation', 'verb', 'set', 'choose', 'only', 'journalId',
  'jobId', 'sweepId', 'stateToken', 'text', 'patternHex', 'fromOffset', 'purpose', 'suggestedName', 'theme', 'blockIndex',
  'structure', 'index', 'format', 'system', 'defect', 'sizeBytes', 'type', '__proto__', 'constructor',
] as const; // prettier-ignore

const wrongLeaf = fc.oneof(
  fc.constantFrom(
    null, undefined, '', '..', '../../etc/passwd', '/etc/passwd', 'C:\\Windows', '\0', '\\\\host\\share', 'a'.repeat(5000),
    -1, 0.5, NaN, Infinity, 2 ** 60, '1e9', true, [], {}, 'create', 'compact', 'footer', 'dynamic',
  ),
  fc.string(),
  fc.double(),
  fc.uint8Array({ maxLength: 8 }),
); // prettier-ignore

const wrongInput = fc.oneof(
  wrongLeaf,
  fc.array(wrongLeaf, { maxLength: 3 }),
  fc.dictionary(
    fc.constantFrom(...KEYS),
    fc.oneof(wrongLeaf, fc.dictionary(fc.constantFrom(...KEYS), wrongLeaf, { maxKeys: 5 })),
    { maxKeys: 6 },
  ),
);

/** Methods that take no input, or none that must be there: wrong shapes may succeed, and must do nothing but that. */
const HARMLESS: readonly MethodName[] = [
  'app.describe', 'settings.get', 'settings.set', 'files.defaultFolder', 'files.startup', 'files.recent', 'undo.list', 'undo.folder',
  'jobs.list', 'leftovers.list', 'practice.create', 'files.browse',
]; // prettier-ignore

describe('every method, called with wrong shapes', () => {
  for (const method of METHOD_NAMES) {
    it(`${method} answers with data, and never with a bug`, async () => {
      const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
      await fc.assert(
        fc.asyncProperty(wrongInput, async (input) => {
          const envelope = await dispatch(door.handlers, method, input);
          if (envelope.ok) {
            expect(HARMLESS).toContain(method);
            return;
          }
          expect(Object.keys(ERROR_CODES)).toContain(envelope.error.code);
          expect(envelope.error.code, envelope.error.message).not.toBe('internal');
        }),
        { numRuns: 60 },
      );
      expect(log).not.toHaveBeenCalled();
      log.mockRestore();
    });
  }
});

describe('ids', () => {
  const GUESSED = ['AAAAAAAAAAAAAAAA', '0', 'etc-passwd', 'f1', 'constructor'];

  it.each([
    'files.describe', 'files.forgetRecent', 'files.close', 'image.info', 'image.check', 'image.content', 'image.chain',
  ] as const)('%s refuses ids that main never gave out', async (method) => {
    for (const fileId of GUESSED) {
      expect(await door.errorOf(method, { fileId })).toMatchObject({ code: 'unknown-file' });
    }
  }); // prettier-ignore

  it('a journal cannot be named by the id of another file', async () => {
    const journalId = door.idOf('/etc/passwd');
    expect(await door.errorOf('undo.apply', { journalId })).toMatchObject({ code: 'nothing-to-undo' });
    expect(await door.errorOf('undo.remove', { journalId })).toMatchObject({ code: 'nothing-to-undo' });
  });

  it.each(['..', '.', 'a/b', 'a\\b', '', 'a\0b', '../x.vhd'])(
    'a new file cannot be called %j',
    async (name) => {
      const folderId = door.idOf(door.folder);
      const target = { folderId, name };
      expect(await door.errorOf('files.describeTarget', { target })).toMatchObject({ code: 'bad-request' });
      expect(await door.errorOf('files.saveText', { target, text: 'x' })).toMatchObject({
        code: 'bad-request',
      });
    },
  );
});

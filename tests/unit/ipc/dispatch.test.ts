import { afterEach, describe, expect, it, vi } from 'vitest';
import { dispatch, isMethodName, type Handlers } from '../../../src-main/ipc/dispatch';
import { AppError } from '../../../src-shared/errors';
import { contract } from '../../../src-shared/ipc/contract';
import { METHOD_NAMES } from '../../../src-shared/ipc/method-names';

const only = (handlers: Partial<Handlers>): Handlers => handlers as Handlers;

afterEach(() => vi.restoreAllMocks());

describe('dispatch', () => {
  it('hands the validated input to the handler and wraps its answer', async () => {
    const seen: unknown[] = [];
    const handlers = only({
      'files.forgetRecent': async (input) => {
        seen.push(input);
        return {};
      },
    });
    const envelope = await dispatch(handlers, 'files.forgetRecent', { fileId: 'abc', extra: 1 });
    expect(envelope).toEqual({ ok: true, value: {} });
    expect(seen).toEqual([{ fileId: 'abc' }]);
  });

  it.each([undefined, null, 1, 'no.such', '__proto__', 'constructor', 'toString', {}])(
    'refuses the method %s',
    async (method) => {
      expect(await dispatch(only({}), method, {})).toMatchObject({
        ok: false,
        error: { code: 'bad-request' },
      });
      expect(isMethodName(method)).toBe(false);
    },
  );

  it('names the field that does not fit, and never calls the handler', async () => {
    const handler = vi.fn();
    const handlers = only({ 'image.bytes': handler as never });
    const envelope = await dispatch(handlers, 'image.bytes', { fileId: 'abc', offset: -1, length: 10 });
    expect(envelope).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    expect(envelope.ok ? '' : envelope.error.message).toContain('offset');
    expect(handler).not.toHaveBeenCalled();
  });

  it('gives an AppError as data, with its place and evidence and without its stack', async () => {
    const error = new AppError('file-in-use', '"a.vhd" is in use.', {
      context: { path: '/a.vhd', offset: 5 },
      data: { pid: 1 },
      cause: new Error('EBUSY secret'),
    });
    const envelope = await dispatch(
      only({ 'settings.get': () => Promise.reject(error) }),
      'settings.get',
      {},
    );
    expect(envelope).toEqual({
      ok: false,
      error: {
        code: 'file-in-use',
        message: '"a.vhd" is in use.',
        hint: error.hint,
        path: '/a.vhd',
        offset: 5,
        data: { pid: 1 },
      },
    });
    expect(JSON.stringify(envelope)).not.toContain('secret');
  });

  it('calls anything else that is thrown a bug, and logs it', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const handlers = only({ 'settings.get': () => Promise.reject(new TypeError('x is undefined')) });
    expect(await dispatch(handlers, 'settings.get', {})).toMatchObject({
      ok: false,
      error: { code: 'internal' },
    });
    expect(log).toHaveBeenCalledOnce();
  });

  it('does not let an answer out that the contract does not know', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const handlers = only({ 'jobs.start': async () => ({ jobId: '../../etc' }) });
    const operation = { verb: 'hash', fileId: 'abc' } as const;
    expect(await dispatch(handlers, 'jobs.start', { operation })).toMatchObject({
      ok: false,
      error: { code: 'internal' },
    });
  });
});

describe('the contract', () => {
  it('has exactly the names that the preload lets through', () => {
    expect(Object.keys(contract).sort()).toEqual([...METHOD_NAMES].sort());
  });
});

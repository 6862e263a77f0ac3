import * as v from 'valibot';
import { AppError, asAppError, toWireError } from '../../src-shared/errors';
import { logProblem } from '../services/log';
import { contract, type Envelope, type MethodName, type Output, type ValidInput } from '../../src-shared/ipc';

/** One adapter a method: unpacks, calls one use case, returns. */
export type Handlers = {
  readonly [M in MethodName]: (input: ValidInput<M>) => Promise<Output<M>>;
};

export const isMethodName = (name: unknown): name is MethodName =>
  typeof name === 'string' && Object.hasOwn(contract, name);

/**
 * The same steps for every call of either door: known method, valid input, handler, valid answer, envelope. The
 * sender has been checked by the host. Never throws.
 */
export async function dispatch(handlers: Handlers, method: unknown, input: unknown): Promise<Envelope> {
  try {
    if (!isMethodName(method)) {
      throw new AppError('bad-request', `There is no method "${String(method).slice(0, 64)}".`);
    }
    const parsed = v.safeParse(contract[method].input, input);
    if (!parsed.success) throw badInput(method, parsed.issues);
    const handler = handlers[method] as (input: unknown) => Promise<unknown>;
    const value = await handler(parsed.output);
    const answer = v.safeParse(contract[method].output, value);
    if (!answer.success) throw new AppError('internal', `The answer of ${method} does not fit its contract.`);
    return { ok: true, value: answer.output };
  } catch (error) {
    const appError = asAppError(error);
    if (appError.kind === 'internal') logProblem(appError.cause ?? appError);
    return { ok: false, error: toWireError(appError) };
  }
}

function badInput(method: MethodName, issues: readonly v.BaseIssue<unknown>[]): AppError {
  const [issue] = issues;
  const where = issue ? v.getDotPath(issue) : null;
  return new AppError(
    'bad-request',
    `${method} was called with an input that does not fit${where ? ` (${where})` : ''}.`,
  );
}

import * as v from 'valibot';

/** What main handed out for a file, folder, job or journal the person chose: opaque, bounded, nothing like a path. */
export const Id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));

/** A file's name in a folder: one path component. Main checks it again against the system's own rules. */
export const FileName = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(255),
  v.check(
    (name) => !/[/\\\0]/.test(name) && name !== '.' && name !== '..',
    'a file name is one path component',
  ),
);

export const SafeCount = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
export const Flag = v.optional(v.boolean());
export const Codes = v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.maxLength(500));
export const Choices = v.record(v.pipe(v.string(), v.maxLength(64)), v.pipe(v.string(), v.maxLength(64)));
export const ShortText = v.pipe(v.string(), v.maxLength(1024));

export const Target = v.object({ folderId: Id, name: FileName });
export const FileInput = v.object({ fileId: Id });
export const Nothing = v.object({});

export const Bytes = v.instance(Uint8Array);

/**
 * A schema for one of the model's types: an object that has at least these keys. Answers come from our own main
 * process; this catches a handler that answers with something else, while the compiler checks the rest.
 */
export function modelWith<T extends object>(...keys: readonly (keyof T & string)[]) {
  return v.custom<T>(
    (value) => typeof value === 'object' && value !== null && keys.every((key) => key in value),
    `an object with ${keys.join(', ')}`,
  );
}

export function listOf<T extends object>(...keys: readonly (keyof T & string)[]) {
  return v.array(modelWith<T>(...keys));
}

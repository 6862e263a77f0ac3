import path from 'node:path';
import { koffi, type Koffi } from './native';

/** What Node does not ask Windows. */
export interface WindowsCalls {
  /**
   * FSCTL_QUERY_ALLOCATED_RANGES over an open file. `query` is one FILE_ALLOCATED_RANGE_BUFFER (offset and length, two
   * little-endian 64-bit numbers); as many of them as fit are put into `answer`.
   * `isComplete` is false where there are more (ERROR_MORE_DATA), and, with no bytes, where the call failed.
   */
  queryAllocatedRanges(
    fd: number,
    query: Uint8Array,
    answer: Uint8Array,
  ): { readonly isComplete: boolean; readonly answerBytes: number };
  /** Name and flags (GetVolumeInformationW) of the file system that a path lies on; null where Windows does not say. */
  volumeOf(folder: string): { readonly fileSystem: string; readonly flags: number } | null;
  /** The attribute bits of a file (GetFileAttributesW), a link's own; null where Windows does not say. */
  attributesOf(file: string): number | null;
}

const FSCTL_QUERY_ALLOCATED_RANGES = 0x000940cf;
const INVALID_FILE_ATTRIBUTES = 0xffffffff;
const NAME_CHARS_MAX = 64;
const PATH_CHARS_MAX = 32_768;

type OsHandleOf = (fd: number) => unknown;
type DeviceIoControl = (
  handle: unknown,
  code: number,
  input: Uint8Array,
  inputBytes: number,
  output: Uint8Array,
  outputBytes: number,
  returned: [number],
  overlapped: null,
) => number;
type GetFileAttributes = (file: string) => number;
type GetVolumePathName = (file: string, volume: Uint8Array, chars: number) => number;
type GetVolumeInformation = (
  root: string,
  label: null,
  labelChars: number,
  serial: null,
  componentMax: null,
  flags: [number],
  name: Uint8Array,
  nameChars: number,
) => number;

let calls: WindowsCalls | null | undefined;

/** Null on other systems, and where koffi or one of the functions is not to be had. */
export function windowsCalls(): WindowsCalls | null {
  if (calls === undefined) {
    const ffi = process.platform === 'win32' ? koffi() : null;
    try {
      calls = ffi ? bindCalls(ffi) : null;
    } catch {
      calls = null;
    }
  }
  return calls;
}

function bindCalls(ffi: Koffi): WindowsCalls {
  const kernel = ffi.load('kernel32.dll');
  // The descriptor belongs to the C library inside the program, so that only the program's own libuv knows its handle.
  const osHandleOf = ffi.load(null).func('void *uv_get_osfhandle(int fd)') as OsHandleOf;
  const deviceIoControl = kernel.func(
    'int __stdcall DeviceIoControl(void *handle, uint32_t code, const void *input, uint32_t inputBytes, _Out_ uint8_t *output, uint32_t outputBytes, _Out_ uint32_t *returned, void *overlapped)',
  ) as DeviceIoControl;
  const getFileAttributes = kernel.func(
    'uint32_t __stdcall GetFileAttributesW(const char16_t *file)',
  ) as GetFileAttributes;
  const getVolumePathName = kernel.func(
    'int __stdcall GetVolumePathNameW(const char16_t *file, _Out_ uint8_t *volume, uint32_t chars)',
  ) as GetVolumePathName;
  const getVolumeInformation = kernel.func(
    'int __stdcall GetVolumeInformationW(const char16_t *root, void *label, uint32_t labelChars, void *serial, void *componentMax, _Out_ uint32_t *flags, _Out_ uint8_t *name, uint32_t nameChars)',
  ) as GetVolumeInformation;
  return {
    queryAllocatedRanges: (fd, query, answer) => {
      const returned: [number] = [0];
      const isComplete =
        deviceIoControl(
          osHandleOf(fd),
          FSCTL_QUERY_ALLOCATED_RANGES,
          query,
          query.length,
          answer,
          answer.length,
          returned,
          null,
        ) !== 0;
      return { isComplete, answerBytes: returned[0] };
    },
    volumeOf: (folder) => {
      const root = new Uint8Array(PATH_CHARS_MAX * 2);
      if (getVolumePathName(path.toNamespacedPath(folder), root, PATH_CHARS_MAX) === 0) return null;
      const flags: [number] = [0];
      const name = new Uint8Array(NAME_CHARS_MAX * 2);
      const isKnown =
        getVolumeInformation(textOf(root), null, 0, null, null, flags, name, NAME_CHARS_MAX) !== 0;
      return isKnown ? { fileSystem: textOf(name), flags: flags[0] } : null;
    },
    attributesOf: (file) => {
      const attributes = getFileAttributes(path.toNamespacedPath(file));
      return attributes === INVALID_FILE_ATTRIBUTES ? null : attributes;
    },
  };
}

/** UTF-16 up to its NUL. */
function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf16le');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

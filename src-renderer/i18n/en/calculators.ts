/** Calculators. */
export const calculators = {
  title: 'Calculators',
  lead: 'The arithmetic of the format, step by step. Nothing is read or written.',
  tabs: { geometry: 'Geometry', size: 'Sizes', universal: 'Universal sizes', layout: 'Layout', checksum: 'Checksum', timestamp: 'Timestamp', id: 'Unique id' },
  create: 'Create a disk of {size}',
  size: 'Disk size',
  geometry: {
    lead: 'Cylinders, heads and sectors per track as the appendix of the specification calculates them.',
    step: 'Step', rule: 'What the specification asks', computation: 'With this size', result: 'Result',
    answer: 'Geometry', exact: 'This geometry holds the whole disk.', inexact: '{bytes} bytes at the end are beyond the geometry.',
    previous: 'Next smaller exact size', next: 'Next larger exact size', none: 'none',
    peers: 'What other programs write for this size', program: 'Program', chs: 'CHS', disk: 'Disk size', holds: 'Geometry holds',
    evidence: 'How this is known', evidences: { run: 'the program was run', source: 'read in its source code', derived: 'concluded from its other sizes' },
  },
  sizes: {
    lead: 'One size in every unit, and the nearest sizes that a target asks for.',
    units: 'The same size', bytes: 'Bytes', sectors: 'Sectors', binary: 'Binary', decimal: 'Decimal', hex: 'Hexadecimal',
    targets: 'Nearest sizes', target: 'Target', at: 'At or above', below: 'At or below',
    rules: { chs: 'Geometry holds it exactly', mib: 'Whole MiB', universal: 'Universal', azure: 'Azure' },
    same: 'already so', issues: 'What speaks against it', noIssues: 'Every reader takes this size.',
  },
  universal: {
    lead: 'Whole MiB and held exactly by the geometry: {count} sizes that every reader, old or new, and Azure see alike.',
    column: { size: 'Size', mib: 'MiB', bytes: 'Bytes', chs: 'CHS' },
    near: 'Near', selectFirst: 'Select a size first',
  },
  layout: {
    lead: 'Where everything of a new image would lie, and how its file grows.',
    type: 'Type', block: 'Block size', structure: 'Structure', offset: 'Offset', length: 'Length',
    rows: { footerCopy: 'Footer copy', dynamicHeader: 'Dynamic disk header', bat: 'BAT ({entries} entries)', parentLocator: 'Parent locators', blocks: 'Data blocks, each with a bitmap of {bitmap}', data: 'Data', footer: 'Footer' },
    curve: 'File size against how full the disk is', curveText: 'From {empty} when empty to {full} when full; a fixed image has {fixed} at any fill.',
    empty: 'empty', full: 'full', fixedLine: 'as a fixed disk', bySize: 'By block size', overheadOf: 'Overhead when full', blocks: 'Blocks', bat: 'BAT',
  },
  checksum: {
    lead: "The one's complement of the sum of all bytes, the checksum field itself counted as zero.",
    hex: 'Footer (512 or 511 bytes) or dynamic disk header (1024 bytes) in hex', placeholder: '63 6f 6e 65 63 74 69 78 …',
    notHex: 'Only hexadecimal digits, spaces and line breaks', length: 'no bytes | 1 byte | {count} bytes', wrongLength: 'A footer has 512 (or 511) bytes, a dynamic disk header 1024.',
    kind: { footer: 'Footer', dynamicHeader: 'Dynamic disk header' }, structure: 'Structure', stored: 'Stored', computed: 'Calculated', right: 'right', wrong: 'wrong', sum: 'Sum of the bytes', example: 'Fill in an example',
  },
  timestamp: {
    lead: 'Seconds since 2000-01-01 00:00:00 UTC, in 32 bits: until 2136-02-07.',
    seconds: 'Seconds', hex: 'As stored', iso: 'Date and time (ISO 8601)', isoHint: 'With a time zone, such as 2026-11-23T10:00:00Z', bad: 'Not a date between 2000 and 2136', badSeconds: 'A whole number from 0 to 4,294,967,295, or 0x…', local: 'Here', now: 'Now',
  },
  id: {
    lead: 'Sixteen bytes, written in the order they are stored (RFC 4122), not in the mixed order of Microsoft GUIDs.',
    text: 'Unique id', bad: 'Not an id: 32 hex digits, with or without hyphens', bytes: 'Bytes in the file', mixed: 'What tools with mixed order show', version: 'Version', versionValue: '{version} (random)', versionOther: '{version}', none: 'none', random: 'A new random id', nul: 'The null id: never given one, or no parent.',
  },
}; // prettier-ignore

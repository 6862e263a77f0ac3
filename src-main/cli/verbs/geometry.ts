import {
  capacityBytes,
  formatBytes,
  formatGeometry,
  formatSectors,
  formatSizeBoth,
  geometryForSize,
  geometrySteps,
  isChsExact,
  isUniversalSize,
  nextChsExactSize,
  nextUniversalSize,
  peerGeometries,
  previousChsExactSize,
} from '../../../src-shared/vhd';
import { otherReadingFields, readSizeAloud } from '../values';
import { EXIT_DONE, type Verb, type VerbContext } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'geometry',
    usage: ['geometry SIZE'],
    about: [
      'Cylinders, heads and sectors per track of a disk of SIZE, calculated step by step as the specification does it, and what other programs make of the same size.',
      'A size is exact when its geometry addresses all of it; then programs that calculate the size from the geometry (Virtual PC, older QEMU) see every sector.',
    ],
    words: ['CHS'],
    operands: [{ name: 'SIZE', required: true }],
    options: [],
    examples: [
      {
        command: 'platter geometry 40G',
        says: 'The geometry of a disk of 40 GiB, and the nearest exact sizes.',
      },
      { command: 'platter geometry 266338304s --json', says: 'The same for a number of sectors, as JSON.' },
    ],
  },
  async run(args, context) {
    const text = args.operand(0);
    const size = readSizeAloud(text, 'SIZE', context);
    const facts = describeGeometry(size.bytes);
    context.printJson({ sizeBytes: size.bytes, ...otherReadingFields(size), ...facts });
    printGeometry(size.bytes, facts, context);
    return Promise.resolve(EXIT_DONE);
  },
};

type GeometryReport = ReturnType<typeof describeGeometry>;

function describeGeometry(sizeBytes: number) {
  const geometry = geometryForSize(sizeBytes);
  return {
    ...geometry,
    capacityBytes: capacityBytes(geometry),
    exact: isChsExact(sizeBytes),
    nextExactBytes: nextChsExactSize(sizeBytes),
    previousExactBytes: previousChsExactSize(sizeBytes),
    universal: isUniversalSize(sizeBytes),
    nextUniversalBytes: nextUniversalSize(sizeBytes),
    steps: geometrySteps(sizeBytes),
    peers: peerGeometries(sizeBytes),
  };
}

function printGeometry(sizeBytes: number, report: GeometryReport, { out, style }: VerbContext): void {
  const leftOut = sizeBytes - report.capacityBytes;
  out.heading(`${formatGeometry(report)}  cylinders/heads/sectors per track`);
  out.facts([
    ['Size', `${formatSizeBoth(sizeBytes)}, ${formatSectors(sizeBytes)}`],
    ['Capacity', formatSizeBoth(report.capacityBytes)],
    [
      'Exact',
      report.exact
        ? style.good('yes: every sector is addressed')
        : `${style.warning('no')}: ${formatBytes(leftOut)} at the end are out of reach of the geometry`,
    ],
    ['Exact before', report.exact ? null : sizeOrNone(report.previousExactBytes)],
    ['Exact after', report.exact ? null : sizeOrNone(report.nextExactBytes)],
    [
      'Universal',
      report.universal
        ? style.good('yes: exact and whole MiB')
        : `no; the next is ${sizeOrNone(report.nextUniversalBytes)}`,
    ],
  ]);
  out.line();
  out.heading('Step by step (specification, "CHS Calculation")');
  report.steps.forEach((step, index) => {
    out.paragraph(`${index + 1}. ${step.rule}`, 5, 2);
    out.paragraph(`${style.faint(step.computation)}  ->  ${step.result}`, 7, 5);
  });
  out.line();
  out.heading('What others make of it');
  out.table(
    [{ title: 'Program' }, { title: 'C/H/S' }, { title: 'Size it writes' }, { title: 'Known from' }],
    report.peers.map((peer) => [
      peer.name,
      formatGeometry(peer.geometry),
      peer.sizeBytes === sizeBytes ? 'the size asked for' : formatSizeBoth(peer.sizeBytes),
      { run: 'running it', source: 'its source', derived: 'its images' }[peer.evidence],
    ]),
  );
}

function sizeOrNone(bytes: number | null): string {
  return bytes === null ? 'none' : formatSizeBoth(bytes);
}

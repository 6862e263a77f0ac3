export * from './bat';
export { BatEntries, type EntriesPart } from './bat-entries';
export { greatestCommonDivisor } from './bat-page';
export * from './dynamic-header';
export * from './footer';
export * from './parent-locator';
export * from './sector-bitmap';
export * from './stored-checksum';
export { freeEntries } from './free-entries';

/** The vocabulary of the VHD format: pure arithmetic and names, for every side. */
export * from './bytes';
export * from './checksum';
export * from './chs-exact';
export * from './constants';
export * from './disk-type';
export * from './format-size';
export * from './geometry';
export * from './geometry-steps';
export * from './names';
export * from './peer-geometry';
export * from './reader-size';
export * from './text';
export * from './timestamp';
export * from './universal-size';
export * from './uuid';

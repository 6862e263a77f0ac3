export * from './client';
export * from './contract';
export * from './envelope';
export * from './events';
export * from './method-names';
export { Operation } from './operation';
export type { OperationSpec, OperationVerb } from './operation';
export * from './wire-frame';
export * from './wire-json';

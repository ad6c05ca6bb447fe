export * from './errors.ts';
export * from './storage.ts';
export { checkKey } from './storage-key.ts';

export { startEventStoreProcess, type EventStoreProcess, type EventStoreProcessOptions } from './process.ts';
export { startEventStore, type EventStoreOptions, type RunningEventStore } from './server.ts';

export { startEventStoreProcess, type EventStoreProcess } from './process.ts';
export { startEventStore, type EventStoreOptions, type RunningEventStore } from './server.ts';

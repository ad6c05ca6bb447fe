/** A program that starts the server as its child and tells who that is; the test kills it. */
import { startEventStoreProcess } from './process.ts';

const { child, port } = await startEventStoreProcess({ port: 0, file: process.argv[2] ?? '' });
process.send?.({ pid: child.pid, port });

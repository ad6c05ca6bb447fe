import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { startService } from '../service.ts';
import { gate, lab } from './thing.ts';

/** A replica of the small service as a process of its own, to be killed. It stops for ever in the middle of a command that makes many. */
gate.wait = (step) => (step === 2 ? new Promise(() => {}) : Promise.resolve());
await startService(lab, readConfig(), pino({ level: process.env.LOG_LEVEL === 'info' ? 'silent' : (process.env.LOG_LEVEL ?? 'silent') }), () => { throw new Error('there are no peers'); });
process.stdout.write('ready\n');

/**
 * What the kernel costs by itself, run by hand: `node test/bench/kernel.ts [shots, 2000 by default] [service …]`. Appends to the log, writes over the whole
 * path, and read models rebuilt from a log of so many shots, each with two tasks, comments, status changes and updates.
 */
import { pino } from 'pino';
import { definitions } from '@shotlog/gateway/routes';
import { newId, type NewEvent, type Recorded } from '@shotlog/kernel';
import { readConfig } from '@shotlog/kernel/config';
import { rebuildService } from '@shotlog/kernel/rebuild';
import { startStudio, type Client, type Studio } from '../studio.ts';

const shots = Number(process.argv[2] ?? 2_000);
const only = process.argv.slice(3);
const say = (line: string) => process.stdout.write(`${line}\n`);
const metadata = (project_id: string | null) => ({ at: new Date().toISOString(), actor: null, project_id, correlation_id: newId(), causation_id: null, command_id: newId() });

/** Runs `work` so many times, `at_once` at a time; answers how often a second and how long each took. */
const measure = async (times: number, at_once: number, work: (i: number) => Promise<unknown>): Promise<string> => {
  const took: number[] = [];
  let next = 0;
  const started = performance.now();
  await Promise.all(Array.from({ length: at_once }, async () => {
    while (next < times) {
      const begun = performance.now();
      await work(next++);
      took.push(performance.now() - begun);
    }
  }));
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))]!.toFixed(1);
  return `${Math.round((times * 1_000) / (performance.now() - started))}/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
};

/** One shot as the API makes it, with all that happens to it; answers its events by stream. */
const oneShot = async (admin: Client, studio: Studio): Promise<{ project_id: string; sequence_id: string; task_id: string; streams: Map<string, Recorded[]> }> => {
  const project = await admin.must('POST', '/data/projects', { name: 'Bench', production_type: 'short' });
  const sequence = await admin.must('POST', `/data/projects/${project.id}/sequences`, { name: 'SQ' });
  const { task_types, task_status } = await admin.must('GET', '/data/user/context');
  const { log } = studio.running.services.get('tasks')!;
  const begin = await log.end();
  const shot = await admin.must('POST', `/data/projects/${project.id}/shots`, { name: 'SH0000', sequence_id: sequence.id, nb_frames: 40, description: 'A shot' });
  const types = task_types.filter((t: any) => t.for_entity === 'Shot').slice(0, 2);
  let task_id = '';
  for (const type of types) {
    const [task] = await admin.must('POST', `/actions/projects/${project.id}/task-types/${type.id}/shots/create-tasks`, [shot.id]);
    task_id = task.id;
    for (const status of task_status.slice(0, 3)) await admin.must('POST', `/actions/tasks/${task.id}/comment`, { task_status_id: status.id, comment: 'Looks good' });
    await admin.must('PUT', `/data/tasks/${task.id}`, { priority: 2 });
  }
  for (const description of ['Longer', 'Shorter']) await admin.must('PUT', `/data/entities/${shot.id}`, { description });
  const streams = new Map<string, Recorded[]>();
  for await (const event of log.readAll(begin)) {
    if (/^(shot|task)-/.test(event.stream)) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  }
  return { project_id: project.id, sequence_id: sequence.id, task_id, streams };
};

/** The same again for other shots: every id that the shot brought is another one, all else stays. */
const copies = async (studio: Studio, streams: Map<string, Recorded[]>, times: number): Promise<number> => {
  const { log } = studio.running.services.get('tasks')!;
  const text = JSON.stringify([...streams].map(([stream, events]) => [stream, events.map(({ type, data, metadata: m }) => ({ type, data, version: m.version, project_id: m.project_id }))]));
  const own = new Set([...streams.keys()].map((s) => s.slice(s.indexOf('-') + 1)).concat([...text.matchAll(/"comment_id":"([^"]+)"/g)].map((m) => m[1]!)));
  let written = 0;
  await measure(times, 32, async (i) => {
    let copy = text.replaceAll('SH0000', `SH${i}`);
    for (const id of own) copy = copy.replaceAll(id, newId());
    for (const [stream, events] of JSON.parse(copy) as [string, (NewEvent & { project_id: string })[]][]) {
      await log.append(stream, -1, events.map(({ type, data, version }) => ({ type, data, version })), metadata(events[0]!.project_id));
      written += events.length;
    }
  });
  return written;
};

const studio = await startStudio();
say(`all in one process after start: ${Math.round(process.memoryUsage().rss / 1_048_576)} MB resident`);
const admin = await studio.signIn();
const { project_id, sequence_id, task_id, streams } = await oneShot(admin, studio);
const { task_status } = await admin.must('GET', '/data/user/context');
const { log } = studio.running.services.get('auth')!;
for (const at_once of [1, 8, 50]) {
  say(`append, ${at_once} at once: ${await measure(400 * Math.min(at_once, 8), at_once, () => log.append(`bench-${newId()}`, -1, [{ type: 'BenchRan', version: 1, data: { text: 'x'.repeat(200) } }], metadata(null)))}`);
}
for (const at_once of [1, 8]) {
  say(`a comment over the API, ${at_once} at once: ${await measure(at_once * 100, at_once, (i) => admin.must('POST', `/actions/tasks/${task_id}/comment`, { task_status_id: task_status[i % 3].id, comment: 'Again' }))}`);
  say(`a new shot over the API, ${at_once} at once: ${await measure(at_once * 100, at_once, (i) => admin.must('POST', `/data/projects/${project_id}/shots`, { name: `New ${at_once} ${i}`, sequence_id }))}`);
}
say(`${await copies(studio, streams, shots)} events of ${shots} shots appended`);
await studio.running.stop();
const config = readConfig({ DATABASE_URL: studio.embedded.databaseUrl, EVENTSTORE_URL: studio.embedded.eventStoreUrl, SHOTLOG_SECRET_KEY: studio.embedded.secret, DATA_DIR: studio.dataDir });
for (const definition of definitions.filter((d) => only.length === 0 || only.includes(d.name))) {
  const { events, took_ms } = await rebuildService(definition, config, pino({ level: 'error' }));
  say(`rebuild of ${definition.name}: ${events} events in ${(took_ms / 1_000).toFixed(1)} s, ${Math.round((events * 1_000) / took_ms)} events/s`);
}
say(`after all that: ${Math.round(process.memoryUsage().rss / 1_048_576)} MB resident`);
await studio.embedded.stop();

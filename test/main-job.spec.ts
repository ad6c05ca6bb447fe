import { connectLog, dropReadModels } from './truth.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mainJob, readAll, type Done } from './main-job.ts';
import { startProcesses, type Processes } from './processes.ts';
import { startStudio, type Studio } from './studio.ts';

describe('the main job, all in one process', () => {
  let studio: Studio;
  let done: Done;
  beforeAll(async () => { studio = await startStudio(); });
  afterAll(() => studio?.stop());

  it('takes a shot list and gives a movie', async () => {
    done = await mainJob({ base: studio.base, natsUrl: studio.embedded.natsUrl, signIn: studio.signIn });
    expect(done.movie.length).toBeGreaterThan(1_000);
  }, 180_000);

  it('has every step in the log', async () => {
    const types = await connectLog(studio.embedded.eventStoreUrl);
    expect([...types]).toEqual(expect.arrayContaining(['PersonCreated', 'ProjectCreated', 'TeamMemberAdded', 'ShotCreated', 'SequenceCreated', 'AssetCreated', 'CastingSet', 'TaskCreated', 'TaskAssigned', 'TaskCommented',
      'PreviewFileCreated', 'PreviewFileAdded', 'PlaylistCreated', 'BudgetCreated']));
  });

  it('answers every GET as before, after the read models were deleted', async () => {
    const before = await readAll(await studio.signIn(), done.reads);
    await studio.running.stop();
    await studio.embedded.stop();
    await dropReadModels(studio.dataDir);
    studio = await startStudio({ dataDir: studio.dataDir });
    expect(await readAll(await studio.signIn(), done.reads)).toEqual(before);
  }, 120_000);
});

describe('the main job, as eight processes', () => {
  let place: Processes;
  beforeAll(async () => { place = await startProcesses(); }, 150_000);
  afterAll(() => place?.stop());

  it('takes a shot list and gives a movie', async () => {
    const done = await mainJob({ base: place.base, natsUrl: place.embedded.natsUrl, signIn: place.signIn });
    expect(done.movie.length).toBeGreaterThan(1_000);
  }, 240_000);
});

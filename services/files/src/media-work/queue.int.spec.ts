import { rm } from 'node:fs/promises';
import { startStudio } from '@shotlog/test/studio';
import { describe, expect, it } from 'vitest';
import { clip, FilmStudio, until } from '../testing.ts';

describe('the media queue', () => {
  it('makes ready after a restart what waited before it', async () => {
    const film = await FilmStudio.start({ MEDIA_WORKERS: '0', PREVIEW_WAIT_MS: '0' });
    const { id, body } = await film.published('take.mp4', await clip());
    expect(body).toMatchObject({ status: 'processing', extension: 'mp4' });
    expect((await film.as.admin.get(`/movies/originals/preview-files/${id}.mp4`)).status).toBe(404);
    await film.studio.stop(true);
    const again = await startStudio({ dataDir: film.studio.dataDir });
    try {
      const admin = await again.signIn();
      await until(async () => (await admin.get(`/data/preview-files/${id}`)).body.status === 'ready');
      expect((await admin.get(`/movies/low/preview-files/${id}.mp4`)).status).toBe(200);
    } finally {
      await again.stop(true);
      await rm(film.studio.dataDir, { recursive: true, force: true });
    }
  }, 90_000);
});

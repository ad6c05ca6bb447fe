import { afterAll, beforeAll, expect, it } from 'vitest';
import { FilmStudio } from '../testing.ts';

let film: FilmStudio;
beforeAll(async () => { film = await FilmStudio.start(); });
afterAll(() => film?.stop());

it('versions of Shotgun are brought over, and again, by their number', async () => {
  const bring = (version: object) => film.as.admin.must('POST', '/import/shotgun/versions', [{ id: 7, user: { id: 12 }, ...version }]);
  const [[first], [again]] = [await bring({ code: 'sh010 v001' }), await bring({ code: 'sh010 v002' })];
  expect([first.name, again.name, again.id === first.id]).toEqual(['sh010 v001', 'sh010 v002', true]);
});

it.each([{ id: 2 ** 40 }, { id: 7, user: { id: 2 ** 40 } }, { id: 7, sg_task: { id: -(2 ** 40) } }, { id: 1.5 }])('a version with a number that Shotgun never gave is refused: %j', async (version) =>
  expect((await film.as.admin.post('/import/shotgun/versions', [version])).status).toBe(400));

it('previews of another Kitsu keep their data where it is an object', async () => {
  const entry = (data: unknown) => [{ id: '6c1f7f4e-1111-4222-8333-444455556666', task_id: film.ids.task, data }];
  const brought = async (data: unknown) => (await film.as.admin.must('POST', '/import/kitsu/preview-files', entry(data)))[0].data;
  expect(await brought({ take: 2 })).toEqual({ take: 2, imported_only: true });
  expect(await brought('half a \u{1F600}')).toEqual({ imported_only: true });
});

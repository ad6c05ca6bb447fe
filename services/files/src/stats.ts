import { Rendered, route, sql, to } from '@shotlog/kernel';

/** This service's part of `GET /stats`: how many previews there are, by what they are. */
export const statsRoute = route({
  method: 'get', path: '/internal/stats', summary: 'Counts of previews', access: to.admins,
  ask: async (c) => {
    c.keep(['*'], 'role');
    return new Rendered(await c.db.text(sql`select json_build_object('number_of_video_previews', count(*) filter (where extension = 'mp4'),
      'number_of_picture_previews', count(*) filter (where extension = 'png'), 'number_of_model_previews', count(*) filter (where extension in ('glb', 'gltf', 'obj', 'usdz')))::text as text from preview_file`));
  },
});

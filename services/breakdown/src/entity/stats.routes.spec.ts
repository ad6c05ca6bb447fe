import { describe, expect, it } from 'vitest';
import { retakeStatsOf, statsOf } from './stats.routes.ts';

type Row = Parameters<typeof statsOf>[0][number];
const row = (more: Partial<Row>): Row => ({ episode_id: 'e1', task_type_id: 'anim', task_status_id: 'todo', name: 'todo', color: '#fff', is_done: false, is_retake: false, retake_count: 0, count: 1, frames: 10, drawings: 0, ...more });
const done = { task_status_id: 'done', name: 'done', is_done: true };
const retake = { task_status_id: 'retake', name: 'rtk', is_retake: true };

describe('how far episodes are', () => {
  it('counts by episode, task type and status, and over all of them', () => {
    const stats = statsOf([row({}), row({ ...done, count: 2, frames: 20 }), row({ episode_id: 'e2' })]);
    expect(stats.e1!.anim!.done).toEqual({ name: 'done', color: '#fff', count: 2, frames: 20, drawings: 0 });
    expect(stats.all!.all!.todo).toMatchObject({ count: 2, frames: 20 });
  });
});

describe('how often shots went back', () => {
  // Measured beside Zou 1.0.67 with six shots: never sent back and done; once, and retake, wip; twice, done; thrice, retake; never, todo.
  const stats = retakeStatsOf([row({ ...done, frames: 1000 }), row({ ...retake, retake_count: 1 }), row({ retake_count: 1, frames: 100 }), row({ ...done, retake_count: 2, frames: 1 }),
    row({ ...retake, retake_count: 3, frames: 10_000 }), row({ frames: 0 })]);
  it('counts what stands where now', () => expect(stats.e1!.all).toMatchObject({ max_retake_count: 3, done: { count: 2, frames: 1001 }, retake: { count: 2, frames: 10_010 }, other: { count: 2, frames: 100 } }));
  it('tells each round: sent back at least so often, else what it is now', () => expect(stats.e1!.anim!.evolution).toEqual({
    1: { retake: { count: 4, frames: 10_111, drawings: 0 }, done: { count: 1, frames: 1000, drawings: 0 }, other: { count: 1, frames: 0, drawings: 0 } },
    2: { retake: { count: 2, frames: 10_001, drawings: 0 }, done: { count: 1, frames: 1000, drawings: 0 }, other: { count: 3, frames: 110, drawings: 0 } },
    3: { retake: { count: 1, frames: 10_000, drawings: 0 }, done: { count: 2, frames: 1001, drawings: 0 }, other: { count: 3, frames: 110, drawings: 0 } } }));
  it('tells no rounds over all episodes', () => expect(stats.all!.all).toMatchObject({ max_retake_count: 3, evolution: {} }));
});

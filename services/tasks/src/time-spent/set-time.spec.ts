import { Invalid } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { describe, it } from 'vitest';
import { dropTime, setTimeOfDay } from './set-time.ts';
import { timeSpent } from './time-spent.ts';

const of = { task_id: 'sh010-anim', person_id: 'ana', project_id: 'film', date: '2024-03-04' };
const created = timeSpent.events.created({ ...of, duration: 60, time_spent_id: 'h1' });
const set = (duration: number, add = false) => ({ id: 'h1', ...of, duration, add });

describe('the hours of a day', () => {
  it('are noted', () => given(setTimeOfDay).when(set(60)).then(created));
  it('are set anew, or added to', () => {
    given(setTimeOfDay, created).when(set(90)).then(timeSpent.events.updated({ time_spent_id: 'h1', project_id: 'film', changes: { duration: 90 } }));
    given(setTimeOfDay, created).when(set(90, true)).then(timeSpent.events.updated({ time_spent_id: 'h1', project_id: 'film', changes: { duration: 150 } }));
  });
  it('tell when somebody was there once they stand in a time sheet', () => given(setTimeOfDay, timeSpent.events.created({ ...of, duration: 60, time_spent_id: 'h1', off_sheet: true })).when(set(60))
    .then(timeSpent.events.updated({ time_spent_id: 'h1', project_id: 'film', changes: { off_sheet: false } })));
  it('stay as they are when they are so already', () => given(setTimeOfDay, created).when(set(60)).thenNothing());
  it('do not grow beyond all numbers', () => given(setTimeOfDay, created).when(set(2_147_483_647, true)).thenRefused(Invalid));
  it('are taken away once', () => {
    given(dropTime, created).when({ id: 'h1' }).then(timeSpent.events.deleted({ time_spent_id: 'h1', project_id: 'film' }));
    given(dropTime).when({ id: 'h1' }).thenNothing();
  });
});

import { describe, expect, it } from 'vitest';
import { Invalid } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { commented, created, ids } from '../task/task.given.ts';
import { bringComment } from './bring.ts';
import { lastDay } from './estimations.ts';
import { hexColor } from './shotgun-things.ts';

describe('what is brought over', () => {
  it('counts working days only', () => {
    expect(lastDay('2024-03-07', 1)).toBe('2024-03-07');
    expect(lastDay('2024-03-07', 2.5)).toBe('2024-03-11');
  });
  it('has colours as the web writes them', () => {
    expect(hexColor('50,149,253', '#000000')).toBe('#3295fd');
    expect(hexColor('300,0,0', '#000000')).toBe('#000000');
  });
  it('is a comment that moves nothing, and has no status when none was given', () => given(bringComment, created).when({ task_id: ids.task_id, comment_id: 'c1', facts: { text: 'far', created_at: '2024-01-01T10:00:00Z', person_id: 'ana' } })
    .then({ ...commented('c1'), data: { ...commented('c1').data, task_status_id: null, previous_task_status_id: null, text: 'far', checklist: null, links: null, created_at: '2024-01-01T10:00:00', imported: true } }));
  it('comes once, and to a task that is there', () => {
    given(bringComment, created, commented('c1')).when({ task_id: ids.task_id, comment_id: 'c1', facts: {} }).thenNothing();
    given(bringComment).when({ task_id: ids.task_id, comment_id: 'c1', facts: {} }).thenRefused(Invalid);
  });
});

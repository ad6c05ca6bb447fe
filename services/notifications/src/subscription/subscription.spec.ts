import { given } from '@shotlog/kernel/given';
import { describe, expect, it } from 'vitest';
import { follow, subscription } from './subscription.ts';

const wanted = { subscription_id: 'one', person_id: 'ned', task_id: 'sh010-anim', entity_id: null, task_type_id: null, project_id: 'film' };
const made = subscription.events.created(wanted);

describe('following', () => {
  it('is noted once', () => {
    given(follow).when(wanted as never).then(made);
    given(follow, made).when(wanted as never).thenNothing();
  });
  it('is claimed for person and task, so that two at once make one', () =>
    expect(follow.claims!(wanted as never)).toEqual([{ kind: 'subscription.person_id+task_id', key: 'ned\nsh010-anim' }]));
  it('answers for the one that is there when the claim is taken', () =>
    expect(follow.taken!({ kind: '', key: '' }, 'subscription-other', wanted as never)).toEqual({ instead: { ...wanted, subscription_id: 'other' } }));
});

import { NotFound } from '@shotlog/kernel';
import { given } from '@shotlog/kernel/given';
import { describe, it } from 'vitest';
import { budget, budgetEntry } from './budget.ts';
import { deleteBudget, deleteEntry, makeBudget, updateBudget, updateEntry } from './production-budgets.ts';

const ids = { budget_id: 'draft', project_id: 'film' };
const made = budget.events.created({ ...ids, name: 'Draft', currency: 'EUR', revision: 1, announced_as: 'create' });
const entryIds = { ...ids, entry_id: 'ned' };
const entry = budgetEntry.events.created({ ...ids, budget_entry_id: 'ned', department_id: 'anim', person_id: null, start_date: '2024-01-01', months_duration: 6, daily_salary: 150, position: 'artist', seniority: 'mid', exceptions: {}, announced_as: 'create' });

describe('budgets of a production', () => {
  it('are made once', () => {
    const wanted = { ...ids, name: 'Draft', currency: 'EUR', revision: 1 };
    given(makeBudget).when(wanted as never).then(made);
    given(makeBudget, made).when(wanted as never).thenNothing();
  });
  it('change only what is new', () => {
    given(updateBudget, made).when({ ...ids, name: 'Draft', currency: 'USD' } as never).then(budget.events.updated({ ...ids, changes: { currency: 'USD' } }));
    given(updateBudget, made).when({ ...ids, name: 'Draft' } as never).thenNothing();
  });
  it('are not found under another production or once they are gone', () => {
    given(updateBudget, made).when({ ...ids, project_id: 'other', name: 'x' } as never).thenRefused(NotFound);
    given(deleteBudget, made, budget.events.deleted(ids)).when(ids as never).thenRefused(NotFound);
  });
});

describe('entries of a budget', () => {
  it('change only what is new', () => given(updateEntry, entry).when({ ...entryIds, months_duration: 7, daily_salary: 150, exceptions: { '2024-03': 1000 } } as never)
    .then(budgetEntry.events.updated({ ...ids, budget_entry_id: 'ned', changes: { months_duration: 7, exceptions: { '2024-03': 1000 } } })));
  it('are not found in another budget', () => given(deleteEntry, entry).when({ ...entryIds, budget_id: 'final' } as never).thenRefused(NotFound));
  it('go', () => given(deleteEntry, entry).when(entryIds as never).then(budgetEntry.events.deleted({ ...ids, budget_entry_id: 'ned' })));
});

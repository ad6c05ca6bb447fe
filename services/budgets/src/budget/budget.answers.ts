import { byKey } from '@shotlog/kernel';
import { z } from 'zod';
import { budget, budgetEntry } from './budget.ts';

export const Budget = budget.answer;
export const BudgetEntry = budgetEntry.answer;
/** Minutes by department, person and month, each with a `total`. */
export const BudgetHours = byKey(byKey(z.union([z.number(), byKey(z.number())])).or(z.number()));

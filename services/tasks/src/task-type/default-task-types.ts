import { defaultDepartmentId } from '@shotlog/auth/department/department';
import type { Context } from '@shotlog/kernel';
import { defaultTaskTypeId, taskType } from './task-type.ts';

/** Name, kind of entity, colour, priority and department, as a studio finds them at its first start. */
const DEFAULT_TASK_TYPES: readonly [string, string, string, number, string | null][] = [
  ['Concept', 'Concept', '#8D6E63', 1, null],
  ['Concept', 'Asset', '#8D6E63', 1, 'Concept'],
  ['Modeling', 'Asset', '#78909C', 2, 'Modeling'],
  ['Shading', 'Asset', '#64B5F6', 3, 'Modeling'],
  ['Rigging', 'Asset', '#9CCC65', 4, 'Animation'],
  ['Storyboard', 'Shot', '#43A047', 1, 'Concept'],
  ['Layout', 'Shot', '#7CB342', 2, 'Layout'],
  ['Animation', 'Shot', '#009688', 3, 'Animation'],
  ['Lighting', 'Shot', '#F9A825', 4, 'Compositing'],
  ['FX', 'Shot', '#26C6DA', 5, 'FX'],
  ['Rendering', 'Shot', '#F06292', 6, 'Compositing'],
  ['Compositing', 'Shot', '#ff5252', 7, 'Compositing'],
  ['Edit', 'Edit', '#9b298c', 8, 'Compositing'],
];

/** Makes the task types that stand there from the first start. */
export const makeDefaultTaskTypes = async (context: Context): Promise<void> => {
  for (const [name, for_entity, color, priority, department] of DEFAULT_TASK_TYPES) {
    await context.run(taskType.commands.create, {
      task_type_id: defaultTaskTypeId(name, for_entity), name, short_name: '', for_entity, color, priority,
      department_id: department === null ? null : defaultDepartmentId(department),
    }, `task type ${name} ${for_entity}`);
  }
};

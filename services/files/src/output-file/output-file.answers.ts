import { byKey } from '@shotlog/kernel';
import { z } from 'zod';
import { workingFile } from '../working-file/working-file.ts';
import { outputFile } from './output-file.ts';

export const WorkingFile = workingFile.answer;
export const OutputFile = outputFile.answer;
/** A new output file with the places where its bytes are to be put. */
export const NewOutputFile = OutputFile.extend({ folder_path: z.string(), file_name: z.string() }).meta({ id: 'NewOutputFile' });
export const OutputFilePath = z.looseObject({ folder_path: z.string(), file_name: z.string() });
export const WorkingFilePath = z.looseObject({ path: z.string(), name: z.string() });
export const NextRevision = z.object({ next_revision: z.int() });
/** The latest working file of each name. */
export const LatestWorkingFiles = byKey(WorkingFile);
/** What a path may be, each with the template that it fits. */
export const Guesses = z.array(z.looseObject({ Template: z.string().optional() }));

import { shown } from '@shotlog/kernel';
import { descriptorTable } from './metadata-descriptor.ts';

/** A field that a production gives its entities. */
export const MetadataDescriptor = shown('MetadataDescriptor', descriptorTable.fields);

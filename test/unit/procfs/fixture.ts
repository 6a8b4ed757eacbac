import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const fixtures = join(import.meta.dirname, '../../fixtures');

export const bytesOf = (path: string): Buffer => readFileSync(join(fixtures, path));
export const textOf = (path: string): string => readFileSync(join(fixtures, path), 'utf8');

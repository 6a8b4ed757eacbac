/** Exit statuses, as in grep(1) turned round: 1 is a finding, or memory that grows. */
export const CLEAN = 0;
export const FOUND = 1;
export const FAILED = 2;

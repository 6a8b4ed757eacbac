/** What either side of a page says when the other one speaks another version. */
export const OTHER_VERSION = {
  message: 'This page is of another version of MemLens.',
  nextStep: 'Reload the window.',
} as const;

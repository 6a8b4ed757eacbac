/** What is looked at of a heap profile. */
export interface HeapNarrowing {
  /** Index into the measures of the profile. */
  readonly measure: number;
  /** Stacks with this in the name of a function, a file, a module or an address. */
  readonly text?: string;
  /** Stacks with this in the name of a module. */
  readonly module?: string;
  /** Frames that are not of the user's code are folded into those that called them. */
  readonly ownCode: boolean;
  /** Of the timeline: live at this moment; less what was live at `from`. Indices into its moments. */
  readonly moment?: { readonly from?: number; readonly to: number };
}

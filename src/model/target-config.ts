/** A machine to look at, as a setting or the command line names it. Every word is data. */
export type TargetConfig =
  | { readonly kind: 'local' }
  /** Of the user's own OpenSSH client; `host` may be an alias of ~/.ssh/config, or user@name. */
  | { readonly kind: 'ssh'; readonly host: string }
  /** A command that gives a POSIX shell on its standard input: `docker exec -i c sh`, `adb shell`. */
  | { readonly kind: 'command'; readonly argv: readonly string[] };

export interface NamedTarget {
  /** What the user calls it; unique. */
  readonly name: string;
  readonly config: TargetConfig;
  /** A folder on this machine that holds the target's files (/lib, /usr/lib...): symbols are resolved there. */
  readonly sysroot?: string;
}

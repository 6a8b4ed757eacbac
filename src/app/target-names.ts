import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { quoteWords, splitWords } from '../base/shell-words.js';
import type { TargetConfig } from '../model/target-config.js';

/**
 * `[user@]host`: an alias of ~/.ssh/config, a name, an IPv4 or IPv6 address (with %zone). Nothing that a shell would read: the
 * words reach ProxyCommand and `Match exec` of the user's configuration, where older clients put them into a command as they are.
 */
const DESTINATION = /^[A-Za-z0-9_.:@%+=,~-]+$/;
/** ssh(1): `ssh://[user@]host[:port]`; an IPv6 address is in brackets there. */
const URI = /^ssh:\/\/(?:[A-Za-z0-9_.%+=,~-]+@)?(?:[A-Za-z0-9_.%-]+|\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?\])(?::\d{1,5})?\/?$/;

/** What is wrong with a destination of ssh, as the end of a sentence; undefined when it may be given to ssh. */
export function whyNoDestination(host: string): string | undefined {
  if (host === '') return 'the name of the host is missing';
  // `user@-x` too: the host is a word of its own in a ProxyCommand.
  if (host.startsWith('-') || /[@/]-/.test(host)) return `a host may not begin with "-" (${JSON.stringify(host)})`;
  if (host.startsWith('ssh://')) {
    return URI.test(host) ? undefined : `${JSON.stringify(host)} is not of the form ssh://user@host:port`;
  }
  if (!DESTINATION.test(host)) {
    return `a host may hold letters, digits and _ . : @ % + = , ~ - only (${JSON.stringify(host)}); give it an alias in ~/.ssh/config`;
  }
  return host.startsWith('@') || host.endsWith('@') ? `${JSON.stringify(host)} lacks the user or the host` : undefined;
}

type BadSetting = Extract<Fault, { code: 'bad-setting' }>;

/**
 * `local`, `ssh:<host>` (or `ssh://user@host:port`), `command:<prefix>`: the prefix is split into words as POSIX sh does it, with
 * no expansion. `setting` is what the fault names.
 */
export function parseTargetName(text: string, setting = 'memlens.targets'): Result<TargetConfig, BadSetting> {
  const bad = (detail: string): Result<never, BadSetting> => err({ code: 'bad-setting', setting, detail });
  const name = text.trimStart();
  if (name.trimEnd() === 'local') return ok({ kind: 'local' });
  if (name.startsWith('ssh:')) {
    const host = name.startsWith('ssh://') ? name.trimEnd() : name.slice('ssh:'.length).trim();
    const why = whyNoDestination(host);
    return why === undefined ? ok({ kind: 'ssh', host }) : bad(why);
  }
  if (name.startsWith('command:')) {
    const argv = splitWords(name.slice('command:'.length));
    if (argv === undefined) return bad(`a quote is not closed, or a backslash ends ${JSON.stringify(name)}`);
    if (argv[0] === undefined || argv[0] === '') return bad('the command is missing, as in "command:docker exec -i name sh"');
    return name.includes('\0') ? bad('a word may not hold a NUL character') : ok({ kind: 'command', argv });
  }
  return bad(`${JSON.stringify(text)} is neither "local" nor "ssh:host" nor "command:words"`);
}

/** The text that `parseTargetName` reads back as exactly this. */
export function targetNameOf(config: TargetConfig): string {
  switch (config.kind) {
    case 'local':
      return 'local';
    case 'ssh':
      return config.host.startsWith('ssh://') ? config.host : `ssh:${config.host}`;
    case 'command':
      return `command:${quoteWords(config.argv)}`;
  }
}

/** Seconds without a word of the server until it is asked, and how often it is: a dead line is seen in about 15 s. */
const ALIVE_INTERVAL = 5;
const ALIVE_COUNT = 3;
export const CONNECT_SECONDS = 15;

/** What the user's configuration may have set, and the first version that knows the keyword: older ones refuse it. */
const YOUNGER: readonly (readonly [number, string])[] = [
  [5.9, '-oRequestTTY=no'],
  [7.6, '-oRemoteCommand=none'],
  [8.7, '-oSessionType=default'],
  [8.7, '-oForkAfterAuthentication=no'],
  [8.7, '-oStdinNull=no'],
];

/** Of what `ssh -V` says (`OpenSSH_9.2p1 Debian-2, OpenSSL 3.0`); 0 when it is no OpenSSH. */
export function sshVersion(text: string): number {
  return Number(/OpenSSH\D*(\d+\.\d+)/.exec(text)?.[1] ?? 0);
}

/**
 * Options for every connection of ours. The configuration of the user stays in force but for what would harm: forwardings (their
 * ports are taken by the user's own connection), a command or a background of its own, a shell on this machine. What the user's configuration sets for a dead
 * line is kept. `settings` is what `ssh -oBatchMode=no -G host` prints (in batch mode, Debian's has an interval of its own, of 300 s);
 * empty when the client can't say.
 */
export function sshOptions(settings: ReadonlyMap<string, string>, version: number): readonly string[] {
  const set = (keyword: string, none: string): boolean => settings.has(keyword) && settings.get(keyword) !== none;
  return [
    '-T',
    '-x',
    '-a',
    '-oClearAllForwardings=yes',
    '-oPermitLocalCommand=no',
    '-oControlPersist=no',
    '-oLogLevel=INFO',
    ...(set('serveraliveinterval', '0')
      ? []
      : [`-oServerAliveInterval=${ALIVE_INTERVAL}`, `-oServerAliveCountMax=${ALIVE_COUNT}`]),
    ...(set('connecttimeout', 'none') ? [] : [`-oConnectTimeout=${CONNECT_SECONDS}`]),
    ...YOUNGER.filter(([since]) => version >= since).map(([, option]) => option),
  ];
}

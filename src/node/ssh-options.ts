/** Seconds without a word of the server until it is asked, and how often it is: a dead line is seen in about 15 s. */
const ALIVE_INTERVAL = 5;
const ALIVE_COUNT = 3;
export const CONNECT_SECONDS = 15;

/**
 * Options for every connection of ours. The configuration of the user stays in force but for what would harm: forwardings (their
 * ports are taken by the user's own connection), a command or a background of its own, a shell on this machine. What the user's configuration sets for a dead
 * line is kept. `settings` is what `ssh -G host` prints; empty when the client can't say.
 */
export function sshOptions(settings: ReadonlyMap<string, string>): readonly string[] {
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
    // These are younger than the oldest clients, which refuse a keyword that they don't know.
    ...(set('remotecommand', 'none') ? ['-oRemoteCommand=none'] : []),
    ...(set('sessiontype', 'default') ? ['-oSessionType=default'] : []),
    ...(set('forkafterauthentication', 'no') ? ['-oForkAfterAuthentication=no'] : []),
    ...(set('stdinnull', 'no') ? ['-oStdinNull=no'] : []),
    ...(set('requesttty', 'auto') ? ['-oRequestTTY=no'] : []),
  ];
}

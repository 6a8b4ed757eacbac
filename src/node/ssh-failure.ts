import type { Fault, UnreachableReason } from '../base/fault.js';

/** What OpenSSH's client says on stderr (its texts are not translated); the first that fits. */
const REASONS: readonly (readonly [RegExp, UnreachableReason])[] = [
  [/REMOTE HOST IDENTIFICATION HAS CHANGED|POSSIBLE DNS SPOOFING/, 'host-key-changed'],
  [/Host key verification failed|No \S+ host key is known for/, 'host-key-unknown'],
  [/Could not resolve hostname|Name or service not known|nodename nor servname/, 'unknown-host'],
  [/Permission denied \(|Too many authentication failures|No (more|supported) authentication/i, 'login'],
  [/Connection refused/, 'refused'],
  [/Session open refused by peer/, 'no-session'],
  [/not responding|Broken pipe|Connection reset|Connection to .* closed|closed by remote host/, 'lost'],
  [/timed out|No route to host|(Network|Host) is (unreachable|down)/, 'no-answer'],
  [/Connection closed|kex_exchange_identification/, 'lost'],
];

/** Lines that say nothing of a failure. */
const NOISE =
  /^(Warning: Permanently added|debug\d:|mux_client_(?!.*refused by peer)|muxclient|Control socket connect|ControlSocket |Pseudo-terminal will not|Killed by signal|kex_exchange_identification: Connection closed|Connection closed by UNKNOWN port)/;
const DETAIL_LINES = 24;

/** What a client of OpenSSH that ended with 255 (or a signal) means. */
export function sshFailure(target: string, stderr: string, fallback: UnreachableReason | undefined): Fault {
  const detail = lastWords(stderr);
  const why = REASONS.find(([pattern]) => pattern.test(detail))?.[1] ?? fallback;
  return { code: 'target-unreachable', target, detail, ...(why === undefined ? {} : { why }) };
}

/** The login stands, but the server takes no more sessions in it. */
export const isSessionRefused = (fault: Fault): boolean => fault.code === 'target-unreachable' && fault.why === 'no-session';

/** The last lines, without noise and control characters: banners are the server's own text. */
export function lastWords(stderr: string): string {
  const lines = stderr
    .replaceAll('\r', '')
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '\u{fffd}')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const telling = lines.filter((line) => !NOISE.test(line));
  return (telling.length === 0 ? lines : telling).slice(-DETAIL_LINES).join('\n');
}

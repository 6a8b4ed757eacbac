import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Bytes } from '../base/units.js';
import type { Target } from './ports.js';

/**
 * Makes a directory of our own ($1: its name, $2: KiB that must fit) where files may be executed: memory first (/dev/shm, /run/user), so that
 * nothing is written to a disk where it can be helped. It prints the directory, or `full` or `denied`. A mount that says noexec shows
 * when a script is started there. BusyBox has df in nearly every build; where it is not, there is taken to be space.
 */
const PLACE = `
umask 077
why=denied
for base in /dev/shm "\${XDG_RUNTIME_DIR:-}" "/run/user/$(id -u 2>/dev/null)" "\${TMPDIR:-}" /tmp /var/tmp /data/local/tmp; do
  case $base in /*) ;; *) continue ;; esac
  case $base in *\\'*|*\\"*|*[[:space:]:]*) continue ;; esac
  [ -d "$base" ] && [ -w "$base" ] || continue
  free=$(df -Pk "$base" 2>/dev/null | { read -r head; read -r device size used free rest; echo "$free"; })
  case $free in ''|*[!0-9]*) ;; *) if [ "$free" -lt "$2" ]; then why=full; continue; fi ;; esac
  place=\${base%/}/$1.$$
  mkdir "$place" 2>/dev/null || continue
  if printf '#!/bin/sh\\nexit 0\\n' >"$place/x" && chmod 700 "$place/x" && "$place/x" 2>/dev/null; then
    rm -f "$place/x"
    printf '%s\\n' "$place"
    exit 0
  fi
  rm -rf "$place"
done
printf '%s\\n' "$why"
`;

/** Reports come on top of what is copied. */
const ROOM: Bytes = 4 << 20;

/** A directory on the target for one run: `bytes` of programs and libraries can be put there and executed. */
export async function makeRunPlace(target: Target, name: string, bytes: Bytes): Promise<Result<string, Fault>> {
  const needed = Math.ceil((bytes + ROOM) / 1024);
  const said = await target.capture(
    { argv: ['/bin/sh', '-c', PLACE, 'memlens', name, String(needed)], env: { LC_ALL: 'C' } },
    { timeLimitMs: 20_000 },
  );
  if (!said.ok) return said;
  const place = said.value.stdout.trim();
  if (place.startsWith('/')) return ok(place);
  return err({ code: 'no-run-place', target: target.id, why: place === 'full' ? 'full' : 'denied', bytes: bytes + ROOM });
}

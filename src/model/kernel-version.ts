/** A version of Linux as one number that grows with it. */
export const kernelVersion = (major: number, minor: number, patch = 0): number => (major * 1000 + minor) * 100_000 + patch;

/** The same of a release as `uname -r` prints it: `5.10.0-21-amd64`; undefined for what begins with no version. */
export function kernelVersionOf(release: string | undefined): number | undefined {
  const told = /^(\d{1,3})\.(\d{1,3})(?:\.(\d{1,5}))?/.exec(release ?? '');
  return told === null ? undefined : kernelVersion(Number(told[1]), Number(told[2]), Number(told[3] ?? 0));
}

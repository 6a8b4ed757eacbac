/** Names of users by their ids, of /etc/passwd (passwd(5)). Of several names of one id the first counts, as for getpwuid(3). */
export function parsePasswd(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const match of text.matchAll(/^([^:\n]+):[^:\n]*:(\d{1,10}):/gm)) {
    const uid = Number(match[2]);
    if (!names.has(uid)) names.set(uid, match[1] as string);
  }
  return names;
}

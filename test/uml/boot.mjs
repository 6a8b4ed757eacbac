// node test/uml/boot.mjs CACHE: boots the guest and prints the target that reaches it; it goes on until Ctrl-C.
import { startGuest } from './guest.mjs';

const [cache = '', ...words] = process.argv.slice(2);
const guest = await startGuest(cache, words);
process.stdout.write(`command:${guest.prefix.join(' ')}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void guest.stop().then(() => process.exit()));

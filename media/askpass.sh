#!/bin/sh
# Run by ssh (SSH_ASKPASS) with a prompt as its argument: asks MemLens, over the socket in $MEMLENS_ASKPASS, and prints the answer.
# A cancelled prompt is exit status 1. The answer is in no file, argument or variable.
unset NODE_OPTIONS
ELECTRON_RUN_AS_NODE=1 exec "$MEMLENS_NODE" -e '
const socket = require("net").connect(process.env.MEMLENS_ASKPASS);
let answer = "";
socket.setEncoding("utf8");
socket.on("error", () => process.exit(1));
socket.on("data", (text) => { answer += text; });
socket.on("end", () => {
  if (!answer.endsWith("\n")) process.exit(1);
  process.stdout.write(answer, () => process.exit(0));
});
socket.write(JSON.stringify({ text: process.argv[1] || "", hint: process.env.SSH_ASKPASS_PROMPT || "" }) + "\n");
' -- "$@"

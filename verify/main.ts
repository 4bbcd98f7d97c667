/** `npm run verify`. */
import { runCommand } from "./command";

/** A second signal ends the process at once. */
const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => interruption.abort());

void runCommand(process.argv.slice(2), { out: console.log, err: console.error }, interruption.signal).then((code) => {
  process.exitCode = code;
  // Work that was interrupted may still be under way.
  if (interruption.signal.aborted) process.exit();
});

/** `npm run capture`. */
import { runCommand } from "./command";

void runCommand(process.argv.slice(2), { out: console.log, err: console.error }).then((code) => {
  process.exitCode = code;
});

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { generationName } from "../components/naming";

/** Where libvirt and its log daemon keep what machines and their QEMU say. */
export const consoleDirectory = "/var/log/libvirt/qemu";
const shownLines = 25;

/**
 * Shows the end of what each machine of a stack wrote to its console: where a deploy fails, the reason mostly stands
 * there, for the machines' services log to the console as well. Machines of other hosts keep theirs.
 * @param generations of which the machines are
 * @param since in milliseconds since 1970; consoles that were silent since then have nothing to say of it
 */
export function showConsoles(stack: string, generations: string[], since: number): void {
  const prefixes = generations.map((generation) => generationName(stack, generation, ""));
  const names = existsSync(consoleDirectory) ? readdirSync(consoleDirectory) : [];
  for (const name of names.filter((each) => each.endsWith("-console.log"))) {
    if (!prefixes.some((prefix) => name.startsWith(prefix))) continue;
    const file = join(consoleDirectory, name);
    if (statSync(file).mtimeMs < since) continue;
    const text = printable(readFileSync(file, "utf8"));
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    console.error(`\nThe end of the console of ${name.slice(0, -"-console.log".length)}:`);
    for (const line of lines.slice(-shownLines)) console.error(`  ${line}`);
  }
}

/** Without the terminal's escape sequences, which would act on the reader's terminal. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be removed
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]|\u001b[()][A-Z0-9]|[\u0000-\u0008\u000b-\u001f]/g, "");
}

/** Quotes a word for a POSIX shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A script that becomes the given program, with the given environment beside its own. */
export function startScript(command: string[], environment: Record<string, string> = {}): string {
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${shellWord(value)}\n`);
  return `#!/bin/sh\n${exports.join("")}exec ${command.map(shellWord).join(" ")}\n`;
}

/** Quotes a word for a POSIX shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export interface Surroundings {
  /** Beside what the script finds. */
  environment?: Record<string, string>;
  /** The working directory. */
  directory?: string;
}

/** A script that becomes the given program. */
export function startScript(command: string[], { environment = {}, directory }: Surroundings = {}): string {
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${shellWord(value)}\n`);
  const enter = directory === undefined ? "" : `cd ${shellWord(directory)}\n`;
  return `#!/bin/sh\n${exports.join("")}${enter}exec ${command.map(shellWord).join(" ")}\n`;
}

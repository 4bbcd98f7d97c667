import { ports, secretsFile, stateDirectory, supervisorPort } from "./ports";
import { shellWord, startScript } from "./shell";

/** Where AutoQA's files lie in its machines: the working directory of its programs. */
export const autoqaDirectory = "/opt/staging/autoqa";

/** A program of the system under test. */
export interface SupervisedProgram {
  /** Tells apart the programs of a machine. */
  role: "server" | "client";
  command: string[];
  environment: Record<string, string>;
}

/** Whose time a program sees. */
export type Clock = "scenario" | "machine";

/** A start script that puts programs of the system under test under a supervisor's roof each. */
export function supervisedStart(programs: SupervisedProgram[], clock: Clock): string {
  const supervisors = programs.map(({ role, command, environment }, index) => {
    const clockFile = clock === "scenario" ? ["--clock-file", `/run/staging/${role}-clock`] : [];
    const healthUrl = role === "server" ? ["--health-url", `http://127.0.0.1:${ports.autoqa}/health`] : [];
    return startScript(
      [
        ...["node", "/opt/staging/supervisor.js", "--listen", `0.0.0.0:${supervisorPort(index)}`],
        ...["--secrets-file", secretsFile, "--state-directory", `${stateDirectory}/${role}`],
        ...["--log-file", `/var/log/staging-${role}.log`, ...clockFile, ...healthUrl, "--", ...command],
      ],
      { environment, directory: autoqaDirectory },
    );
  });
  const [only, ...others] = supervisors;
  if (only !== undefined && others.length === 0) return only;
  // The machine's service fails as soon as one of them does.
  return `#!/bin/bash\n${supervisors.map((script) => `sh -c ${shellWord(script)} &\n`).join("")}wait -n\nexit 1\n`;
}

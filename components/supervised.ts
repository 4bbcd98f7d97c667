import { ports, secretsFile, stateDirectory } from "./ports";
import { startScript } from "./shell";

/** A start script that puts a program of the system under test under the supervisor's roof. */
export function supervisedStart(command: string[], environment: Record<string, string>): string {
  return startScript(
    [
      ...["node", "/opt/staging/supervisor.js", "--listen", `0.0.0.0:${ports.supervisor}`],
      ...["--secrets-file", secretsFile, "--state-directory", stateDirectory],
      ...["--log-file", "/var/log/staging.log", "--clock-file", "/run/staging/clock", "--", ...command],
    ],
    environment,
  );
}

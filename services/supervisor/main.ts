/**
 * Runs one process of the system under test, in any language: starts it, keeps it alive, and on the control API's
 * demand stops it, wipes its state, starts it again and moves its clock.
 */
import { serve } from "@hono/node-server";
import { createApp } from "./app";
import { prepareClock } from "./clock";
import { type CommandLine, parseCommandLine, UsageError } from "./command-line";
import { Supervised } from "./supervised";
import { LogFile } from "./tail";

function run(commandLine: CommandLine): void {
  const { clockFile, healthUrl, secrets } = commandLine;
  const log = new LogFile(commandLine.logFile);
  const clock = clockFile === undefined ? undefined : prepareClock(clockFile);
  if (clockFile !== undefined && clock === undefined) {
    log.append("supervisor: libfaketime is not installed, so the program sees the real time\n");
  }
  const supervised = new Supervised({
    command: commandLine.command,
    args: commandLine.args,
    stateDirectory: commandLine.stateDirectory,
    environment: { ...process.env, ...secrets.environment, ...clock },
    log,
  });
  const app = createApp({
    ...{ supervised, log, healthUrl },
    ...{ controlToken: secrets.controlToken, clockFile: clock && clockFile },
  });
  const server = serve({ fetch: app.fetch, hostname: commandLine.host, port: commandLine.port }, (address) => {
    process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
    void supervised.start();
  });
  server.once("error", (error) => {
    process.stderr.write(`supervisor: cannot listen on ${commandLine.host}:${commandLine.port}: ${error.message}\n`);
    process.exit(1);
  });
  const finish = () => {
    void supervised.stop({ wipe: false }).finally(() => process.exit(0));
  };
  process.once("SIGTERM", finish);
  process.once("SIGINT", finish);
}

try {
  run(parseCommandLine(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`supervisor: ${error.message}\n`);
  process.exitCode = 2;
}

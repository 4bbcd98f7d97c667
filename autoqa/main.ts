/**
 * AutoQA: watches koji and bodhi, runs tests on what it sees, posts verdicts to ResultsDB and bodhi.
 * `autoqa server`, `autoqa client`; `autoqa run-test` is how a client runs one test in a process of its own.
 */
import { startClient } from "./client/client";
import { startServer } from "./server/server";
import { readClientSettings, readServerSettings, SettingsError } from "./settings";
import { controls } from "./tests/registry";
import { runTest } from "./tests/run-test";

const usage = "usage: autoqa server | client\n";

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}

async function server(): Promise<void> {
  const settings = readServerSettings(process.env);
  const running = await startServer({ settings, controls, log });
  process.stdout.write(`${JSON.stringify({ port: running.port })}\n`);
  stopOnSignal(() => running.stop());
}

async function client(): Promise<void> {
  const settings = readClientSettings(process.env);
  const command = [process.execPath, ...process.execArgv, process.argv[1] ?? "", "run-test"];
  const running = startClient({ settings, command, log });
  stopOnSignal(() => running.stop());
}

function stopOnSignal(stop: () => Promise<void>): void {
  const end = () => void stop().finally(() => process.exit(0));
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
}

async function main(): Promise<void> {
  const [role, option] = process.argv.slice(2);
  if (role === "server") return server();
  if (role === "client") return client();
  if (role === "run-test") return option === "--probe" ? undefined : runTest();
  process.stderr.write(usage);
  process.exitCode = 2;
}

main().catch((error: unknown) => {
  const isUsers = error instanceof SettingsError || (error as NodeJS.ErrnoException).syscall === "listen";
  process.stderr.write(`autoqa: ${isUsers ? (error as Error).message : ((error as Error).stack ?? error)}\n`);
  process.exit(isUsers ? 2 : 1);
});

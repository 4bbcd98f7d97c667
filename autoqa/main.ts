/**
 * AutoQA: watches koji and bodhi, runs tests on what it sees, posts verdicts to ResultsDB and bodhi.
 * `autoqa server`, `autoqa client`; `autoqa run-test` is how a client runs one test in a process of its own.
 */

const usage = "usage: autoqa server | client\n";

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}

// Each role loads only what it needs, for a test client starts this program for every job. The bundler follows these.

async function server(): Promise<void> {
  const { readServerSettings } = require("./settings") as typeof import("./settings");
  const { controls } = require("./tests/registry") as typeof import("./tests/registry");
  const { startServer } = require("./server/server") as typeof import("./server/server");
  const settings = readServerSettings(process.env);
  const running = await startServer({ settings, controls, log });
  process.stdout.write(`${JSON.stringify({ port: running.port })}\n`);
  stopOnSignal(() => running.stop());
}

async function client(): Promise<void> {
  const { readClientSettings } = require("./settings") as typeof import("./settings");
  const { startClient } = require("./client/client") as typeof import("./client/client");
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
  if (role === "run-test") {
    const { runTest } = require("./tests/run-test") as typeof import("./tests/run-test");
    return option === "--probe" ? undefined : runTest();
  }
  process.stderr.write(usage);
  process.exitCode = 2;
}

main().catch((error: unknown) => {
  const isUsers =
    ["SettingsError", "StateError"].includes((error as Error).name) ||
    (error as NodeJS.ErrnoException).syscall === "listen";
  process.stderr.write(`autoqa: ${isUsers ? (error as Error).message : ((error as Error).stack ?? error)}\n`);
  process.exit(isUsers ? 2 : 1);
});

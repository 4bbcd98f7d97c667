import { Server, ServerCredentials } from "@grpc/grpc-js";
import { Activity, ResourceProviderService, service } from "./server";
import { EngineLog } from "./wire/engine-log";

/** Large enough for any resource; the SDK and the engine use the same (sdk/nodejs/runtime/settings.ts). */
const MAXIMUM_MESSAGE_BYTES = 400 * 1024 * 1024;
const PARENT_CHECK_MILLISECONDS = 1000;

/** The plugin protocol: the last argument is the engine's address; the first line of output is our port. */
function main(): void {
  const address = process.argv.slice(2).findLast((argument) => !argument.startsWith("-"));
  const engineLog = new EngineLog(address);
  const activity = new Activity();
  const { handlers, cancel } = service(engineLog, activity);
  const server = new Server({ "grpc.max_receive_message_length": MAXIMUM_MESSAGE_BYTES });
  server.addService(ResourceProviderService, handlers);
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) {
      process.stderr.write(`the libvirt provider cannot listen on 127.0.0.1: ${error.message}\n`);
      process.exit(1);
    }
    // Nobody reads it any more if the engine was killed in the meantime.
    process.stdout.on("error", () => process.exit(1)).write(`${port}\n`);
  });

  /** What is under way stops waiting and cleans up; then the process ends. */
  const stop = async () => {
    cancel();
    await activity.whenIdle();
    engineLog.close();
    server.forceShutdown();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  // An engine that was killed cannot say goodbye, neither now nor while this was starting.
  const engine = Number(process.env.PULUMI_LIBVIRT_ENGINE_PID ?? process.ppid);
  const watch = setInterval(() => {
    if (process.ppid === engine) return;
    clearInterval(watch);
    void stop();
  }, PARENT_CHECK_MILLISECONDS);
}

main();

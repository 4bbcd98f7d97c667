/** `command:remote:Command`: runs commands over ssh. */
import type { Client, ClientChannel } from "ssh2";
import { ProviderError } from "../../plugins/provider";
import { isMap, type PropertyMap } from "../../values/property";
import type { CallContext, ResourceHandler } from "../standIn";
import { commandId, diffCommand, environmentOf, OutputCollector, previousOutput, textOf } from "./common";
import { type ConnectionPool, connectionSettings } from "./connection";

const NOT_SET =
  "This only works if your SSH server is configured to accept these variables via AcceptEnv. Alternatively, if a " +
  "Bash-like shell runs the command on the remote host, you could prefix the command itself with the variables in the " +
  "form 'VAR=value command'";

/** Says what is wrong with a connection, before anything is tried. */
export function connectionProblems(inputs: PropertyMap) {
  const connection = inputs.connection;
  // Unknown in previews.
  if (connection !== undefined && !isMap(connection)) return [];
  if (isMap(connection) && connection.host !== undefined && typeof connection.host !== "string") return [];
  try {
    connectionSettings(connection);
    return [];
  } catch (error) {
    return [{ property: "connection", reason: (error as Error).message }];
  }
}

export function remoteCommand(pool: ConnectionPool): ResourceHandler {
  const run = async (command: string, inputs: PropertyMap, previous: PropertyMap, context: CallContext) => {
    if (command === "") return { stdout: "", stderr: "" };
    return pool.use(inputs.connection as PropertyMap, context, (client) =>
      runRemotely(client, command, inputs, previous, context),
    );
  };
  return {
    computed: ["stdout", "stderr"],
    check: connectionProblems,
    diff: diffCommand,
    async create(inputs, context) {
      return {
        id: commandId(context.name),
        outputs: { ...(await run(textOf(inputs.create), inputs, {}, context)) },
      };
    },
    async update(inputs, olds, context) {
      const command = textOf(inputs.update) || textOf(inputs.create);
      if (command === "") return { stdout: olds.stdout ?? "", stderr: olds.stderr ?? "" };
      return { ...(await run(command, inputs, olds, context)) };
    },
    async delete(state, context) {
      await run(textOf(state.delete), state, state, context);
    },
  };
}

async function runRemotely(
  client: Client,
  command: string,
  inputs: PropertyMap,
  previous: PropertyMap,
  context: CallContext,
) {
  const asked = environmentOf(inputs);
  const missing = await refusedVariables(client, asked);
  if (missing.length > 0) {
    throw new ProviderError(
      `could not set environment variable ${missing.map((key) => `"${key}"`).join(", ")}: ${NOT_SET}`,
    );
  }
  const collector = new OutputCollector(textOf(inputs.logging), context.status);
  const environment = { ...asked, ...previousOutput(inputs, previous) };
  const failure = await session(client, command, environment, textOf(inputs.stdin), (stream, chunk) =>
    collector.take(stream, chunk),
  );
  if (failure) throw collector.failure(failure, command);
  return collector.end();
}

/** The server does not say which variables it refuses; a shell on the other side does. */
async function refusedVariables(client: Client, environment: Record<string, string>): Promise<string[]> {
  const keys = Object.keys(environment);
  if (keys.length === 0) return [];
  let answer = "";
  const probe = keys.map((key) => `printf %s "\${${key}+${key} }"`).join("; ");
  await session(client, probe, environment, "", (_stream, chunk) => {
    answer += chunk;
  });
  const set = new Set(answer.split(" "));
  return keys.filter((key) => !set.has(key));
}

/** Runs one command. Returns how it failed, undefined when it succeeded. */
function session(
  client: Client,
  command: string,
  environment: Record<string, string>,
  stdin: string,
  take: (stream: "stdout" | "stderr", chunk: string) => void,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const lost = () => reject(new ProviderError("the ssh connection was lost while the command ran"));
    client.once("close", lost);
    client.exec(command, { env: environment }, (error, channel: ClientChannel) => {
      if (error) {
        client.removeListener("close", lost);
        return reject(new ProviderError(`the ssh server refused to run a command: ${error.message}`));
      }
      let status: string | undefined = "wait: remote command exited without exit status or exit signal";
      channel.setEncoding("utf8").on("data", (chunk: string) => take("stdout", chunk));
      channel.stderr.setEncoding("utf8").on("data", (chunk: string) => take("stderr", chunk));
      channel.on("exit", (code: number | null, signal?: string) => {
        if (code === 0) status = undefined;
        else status = signal ? `Process exited with signal ${signal}` : `Process exited with status ${code}`;
      });
      channel.on("close", () => {
        client.removeListener("close", lost);
        resolve(status);
      });
      channel.end(stdin);
    });
  });
}

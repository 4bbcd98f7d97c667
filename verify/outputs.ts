/** The stack outputs: all that the verification knows of an environment. Names are fixed for every stage. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { z } from "zod";
import { CannotRun } from "./errors";

const url = z.url();

/** What a stage lacks is absent; further outputs are none of the verification's business. */
export const Outputs = z.looseObject({
  stage: z
    .union([z.string(), z.number()])
    .transform(String)
    .pipe(z.enum(["1", "2", "3"])),
  generation: z.string(),
  autoqa: z.looseObject({
    url,
    source: z.looseObject({
      repository: z.string(),
      ref: z.string().nullish(),
      commit: z.string().nullish(),
    }),
  }),
  control: z.looseObject({ url }).optional(),
  controlToken: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "is no token")
    .optional(),
  machines: z
    .array(
      z.looseObject({
        name: z.string(),
        ssh: z.object({ host: z.string(), port: z.number(), user: z.string() }),
      }),
    )
    .default([]),
  sshPrivateKey: z.string().optional(),
});
export type Outputs = z.infer<typeof Outputs>;

export interface OutputsSource {
  /** A file with the outputs as JSON. */
  file?: string | undefined;
  /** Else the stack whose outputs are asked for. */
  stack: string;
}

/** @throws {CannotRun} if there are no outputs, or what there is is no outputs */
export async function readOutputs({ file, stack }: OutputsSource): Promise<Outputs> {
  const text = file === undefined ? await outputsOfStack(stack) : await outputsOfFile(file);
  const where = file ?? `stack ${stack}`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CannotRun(`the outputs of ${where} are no JSON: ${(error as Error).message}`);
  }
  const parsed = Outputs.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new CannotRun(`the outputs of ${where} lack what the verification needs:\n${z.prettifyError(parsed.error)}`);
}

async function outputsOfFile(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw new CannotRun(`the outputs file ${file} can't be read: ${error.message}`);
    throw new CannotRun(`there is no outputs file ${file}: is \`npm run infra -- --outputs\` running?`);
  });
}

async function outputsOfStack(stack: string): Promise<string> {
  const command = ["run", "--silent", "outputs", "--", "--stack", stack, "--json", "--show-secrets"];
  try {
    return (await promisify(execFile)("npm", command, { maxBuffer: 16 << 20 })).stdout;
  } catch (error) {
    const words = (error as { stderr?: string }).stderr?.trim() || (error as Error).message;
    throw new CannotRun(
      `stack ${stack} has no outputs: ${words}\nDeploy it with npm run up, or name a file with --outputs.`,
    );
  }
}

/** The commands behind `npm run up`, `preview`, `destroy`, `outputs` and `engine`. */
import { join } from "node:path";
import { Command, Option } from "commander";
import { UserError } from "../engine/errors";
import { UserError as ProviderError } from "../providers/libvirt/wire/errors";
import { SetupError } from "../setup/progress";
import { destroy } from "./destroy";
import { chooseEngine, EngineError, type EngineName, runEngine } from "./engine";
import { LeftoversRemain } from "./recover";
import { type Stack, stackOf } from "./stack";
import { preview, up } from "./up";

const projectDirectory = join(__dirname, "..");

interface CommonOptions {
  stack: string;
  engine?: EngineName;
}

const program = new Command("autoqa-staging")
  .description("Disposable, exact staging environments for AutoQA")
  .enablePositionalOptions();

function command(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option("--stack <name>", "the stack", "staging")
    .addOption(new Option("--engine <name>", "which engine runs the program").choices(["local", "pulumi"]));
}

command("up", "tear down what the last deploy left and create a pristine environment")
  .option("--yes", "never ask; this is how it always is here")
  .option("--json", "print the outputs as JSON, and nothing else on standard output")
  .action((options: CommonOptions & { json?: true }) => finish(up(announced(options), options.json === true)));

command("preview", "show what `up` would do")
  .option("--json", "print the steps as JSON")
  .option("--diff", "show every property that differs")
  .action((options: CommonOptions & { json?: true; diff?: true }) => {
    const flags = [...(options.json ? ["--json"] : []), ...(options.diff ? ["--diff"] : [])];
    return finish(preview(announced(options), flags));
  });

command("destroy", "leave nothing of the environment behind, save the image cache")
  .option("--yes", "never ask; this is how it always is here")
  .option("--all", "remove the image cache and the libvirt daemon that we started, too")
  .action((options: CommonOptions & { all?: true }) => finish(destroy(announced(options), options.all === true)));

command("outputs", "print the outputs of the stack")
  .option("--json", "as JSON")
  .option("--show-secrets", "print secrets, too")
  .action((options: CommonOptions & { json?: true; showSecrets?: true }) => {
    const { engine, reference } = chosen(options);
    const flags = [...(options.json ? ["--json"] : []), ...(options.showSecrets ? ["--show-secrets"] : [])];
    return finish(runEngine(engine, ["stack", "output", "--stack", reference, ...flags]));
  });

program
  .command("engine [args...]")
  .description("the local engine's own commands, with this project's passphrase (docs/engine.md)")
  .helpOption(false)
  .allowUnknownOption()
  .passThroughOptions()
  .action((args: string[]) => finish(runEngine(chooseEngine("local", projectDirectory), args)));

const chosen = ({ engine, stack }: CommonOptions): Stack => stackOf(chooseEngine(engine, projectDirectory), stack);

function announced(options: CommonOptions): Stack {
  const stack = chosen(options);
  console.error(`engine: ${stack.engine.name} (${stack.engine.reason})`);
  return stack;
}

async function finish(exitCode: Promise<number>): Promise<void> {
  process.exitCode = await exitCode;
}

/** What is wrong for the user, with the remedy: shown without a stack trace. */
const known = [EngineError, UserError, ProviderError, LeftoversRemain, SetupError];

program.parseAsync().catch((error: unknown) => {
  if (!known.some((kind) => error instanceof kind)) throw error;
  console.error((error as Error).message);
  process.exitCode = 1;
});

/** The commands behind `npm run up`, `preview`, `destroy` and `outputs`. */
import { join } from "node:path";
import { Command, Option } from "commander";
import { destroy } from "./destroy";
import { chooseEngine, type Engine, EngineError, type EngineName, runEngine } from "./engine";
import { preview, up } from "./up";

const projectDirectory = join(__dirname, "..");

interface CommonOptions {
  stack: string;
  engine?: EngineName;
}

const program = new Command("autoqa-staging").description("Disposable, exact staging environments for AutoQA");

function command(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option("--stack <name>", "the stack", "staging")
    .addOption(new Option("--engine <name>", "which engine runs the program").choices(["local", "pulumi"]));
}

command("up", "tear down what the last deploy left and create a pristine environment")
  .option("--yes", "never ask; this is how it always is here")
  .option("--json", "print the outputs as JSON")
  .action((options: CommonOptions & { json?: true }) =>
    finish(up(engine(options), projectDirectory, options.stack, options.json === true)),
  );

command("preview", "show what `up` would do")
  .option("--json", "print the steps as JSON")
  .option("--diff", "show every property that differs")
  .action((options: CommonOptions & { json?: true; diff?: true }) => {
    const flags = [...(options.json ? ["--json"] : []), ...(options.diff ? ["--diff"] : [])];
    return finish(preview(engine(options), projectDirectory, options.stack, flags));
  });

command("destroy", "leave nothing of the environment behind, save the image cache")
  .option("--yes", "never ask; this is how it always is here")
  .option("--all", "remove the image cache and the libvirt daemon that we started, too")
  .action((options: CommonOptions & { all?: true }) =>
    finish(destroy(engine(options), projectDirectory, options.stack, options.all === true)),
  );

command("outputs", "print the outputs of the stack")
  .option("--json", "as JSON")
  .option("--show-secrets", "print secrets, too")
  .action((options: CommonOptions & { json?: true; showSecrets?: true }) => {
    const flags = [...(options.json ? ["--json"] : []), ...(options.showSecrets ? ["--show-secrets"] : [])];
    return finish(
      runEngine(chooseEngine(options.engine), projectDirectory, [
        "stack",
        "output",
        "--stack",
        options.stack,
        ...flags,
      ]),
    );
  });

function engine(options: CommonOptions): Engine {
  const chosen = chooseEngine(options.engine);
  console.error(`engine: ${chosen.name} (${chosen.reason})`);
  return chosen;
}

async function finish(exitCode: Promise<number>): Promise<void> {
  process.exitCode = await exitCode;
}

program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof EngineError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});

/**
 * The local engine's command line: the part of Pulumi's own CLI that a project needs in daily life, with the same names,
 * flags, files and exit codes.
 */
import path from "node:path";
import { Command, CommanderError, Option } from "commander";
import { getConfig, removeConfig, setConfig, showConfig } from "./commands/config";
import { type Environment, ProjectContext } from "./commands/context";
import { type OperationKind, type OperationOptions, runOperation } from "./commands/operation";
import { showStack } from "./commands/showStack";
import {
  cancelUpdate,
  exportStack,
  importStack,
  initStack,
  listStacks,
  protectResources,
  readInput,
  removeStack,
  writeOutput,
} from "./commands/stack";
import { stackOutput } from "./commands/stackOutput";
import type { DisplayMode } from "./display/display";
import { EXIT, UserError } from "./errors";
import { COMPATIBLE_VERSION } from "./state/deployment";

interface OperationFlags {
  readonly stack?: string;
  readonly yes?: boolean;
  readonly skipPreview?: boolean;
  readonly previewOnly?: boolean;
  readonly json?: boolean;
  readonly diff?: boolean;
  readonly parallel?: number;
  readonly refresh?: boolean;
  readonly expectNoChanges?: boolean;
  readonly continueOnError?: boolean;
  readonly replace?: string[];
  readonly nonInteractive?: boolean;
  readonly suppressOutputs?: boolean;
  readonly eventLog?: string;
  readonly clearPendingCreates?: boolean;
  readonly remove?: boolean;
  readonly hint?: boolean;
  readonly breakDeadLock?: boolean;
}

const collect = (value: string, previous: string[]): string[] => [...previous, value];

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new UserError(`invalid value "${text}": it must be a whole number`, EXIT.usage);
  return value;
}

/** Without a limit (`--parallel 0`), this many steps at once are as good as all of them. */
const UNLIMITED = 10_000;

function addOperation(program: Command, kind: OperationKind | "preview", name: string, description: string): void {
  const command = program.command(name).description(description);
  if (name === "up") command.alias("update");
  if (name === "preview") command.alias("pre");
  if (name === "destroy") command.alias("down").alias("dn");
  command
    .option("-s, --stack <name>", "the stack to operate on")
    .option("-j, --json", "print JSON instead of text")
    .option("--diff", "show what changes in every resource")
    .option("-p, --parallel <count>", "steps at once (0: no limit)", wholeNumber)
    .option("-r, --refresh", "compare with reality first")
    .option("--expect-no-changes", "fail when there is something to change")
    .option("--non-interactive", "never ask")
    .option("--suppress-outputs", "do not print stack outputs")
    .option("--event-log <file>", "write every event to a file, as JSON lines")
    .option("--show-replacement-steps", "accepted for compatibility: they are always shown")
    .option("--suppress-progress", "accepted for compatibility: without a terminal nothing is redrawn")
    .option("--color <when>", "accepted for compatibility: colours are used on terminals only")
    .addOption(new Option("--break-dead-lock", "take the lock over when its process on this machine is gone"));
  if (kind === "preview" || kind === "update") {
    command.option("--replace <urn>", "replace this resource (may be repeated)", collect, []);
  }
  if (kind !== "preview") {
    command
      .option("-y, --yes", "do not ask before changing anything")
      .option("-f, --skip-preview", "do not preview first")
      .option("--preview-only", "only show what would be done")
      .option("--continue-on-error", "go on with what does not depend on what failed");
  }
  if (kind === "refresh") command.option("--clear-pending-creates", "forget interrupted creates");
  if (kind === "destroy") {
    command
      .option("--remove", "remove the stack afterwards")
      .addOption(new Option("--no-hint", "do not say how to remove the stack: the caller does so").hideHelp());
  }
  command.action((flags: OperationFlags) => operate(program, kind, flags));
}

async function operate(program: Command, kind: OperationKind | "preview", flags: OperationFlags): Promise<void> {
  const owner = new ProjectContext(environmentOf(program));
  const stack = await owner.open(flags.stack);
  const previewOnly = kind === "preview" || flags.previewOnly === true;
  const optionsFor = (preview: boolean): OperationOptions => ({
    kind: kind === "preview" ? "update" : kind,
    preview,
    refresh: flags.refresh === true,
    parallel: flags.parallel === 0 ? UNLIMITED : flags.parallel,
    continueOnError: flags.continueOnError === true,
    replace: flags.replace ?? [],
    clearPendingCreates: flags.clearPendingCreates === true,
    display: displayMode(flags, preview),
    eventLog: flags.eventLog,
    suppressOutputs: flags.suppressOutputs === true,
    breakDeadLock: flags.breakDeadLock === true,
  });
  const expectNone = (changes: Readonly<Record<string, number>>, what: string) => {
    const changed = Object.entries(changes).some(([op, count]) => op !== "same" && op !== "read" && count > 0);
    if (flags.expectNoChanges && changed) {
      throw new UserError(`no changes were expected for ${what} but changes were proposed`, EXIT.changesNotExpected);
    }
  };
  if (previewOnly) {
    const { succeeded, changes } = await runOperation(stack, optionsFor(true));
    if (!succeeded) process.exitCode = EXIT.error;
    else expectNone(changes, "preview");
    return;
  }
  const interactive = process.stdin.isTTY && process.stdout.isTTY && flags.nonInteractive !== true;
  if (!flags.yes && !flags.skipPreview && !interactive) {
    throw new UserError(
      "--yes or --skip-preview must be passed in to proceed when running in non-interactive mode",
      EXIT.usage,
    );
  }
  if (!flags.skipPreview) {
    const { succeeded } = await runOperation(stack, { ...optionsFor(true), eventLog: undefined });
    if (!succeeded) {
      process.exitCode = EXIT.error;
      return;
    }
    if (!flags.yes && !(await confirmed(kind, stack.id.stack)))
      throw new UserError(`confirmation declined, not proceeding with the ${kind}`, 8);
  }
  const { succeeded, changes } = await runOperation(stack, optionsFor(false));
  if (!succeeded) {
    process.exitCode = EXIT.error;
    return;
  }
  if (kind === "destroy") await afterDestroy(owner, flags, stack.id.stack);
  expectNone(changes, kind);
}

async function afterDestroy(owner: ProjectContext, flags: OperationFlags, name: string): Promise<void> {
  if (flags.remove) {
    await removeStack(await owner.open(name), false);
    if (!flags.json) console.log(`The resources in the stack have been deleted, and the stack has been removed.`);
  } else if (!flags.json && flags.hint !== false) {
    console.log(
      "The resources in the stack have been deleted, but the history and configuration associated with the stack are " +
        `still maintained. \nIf you want to remove the stack completely, run \`pulumi stack rm ${name}\`.`,
    );
  }
}

function displayMode(flags: OperationFlags, preview: boolean): DisplayMode {
  if (flags.json) return preview ? "json-document" : "json-lines";
  if (flags.diff) return "diff";
  return process.stdout.isTTY && !process.env.CI ? "tty" : "plain";
}

async function confirmed(kind: string, stack: string): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Do you want to perform this ${kind} on ${stack}? [yes/no] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** `--cwd` stands before the command. Relative paths of programs and plugins start there. */
function environmentOf(program: Command): Environment {
  const { cwd } = program.opts<{ cwd?: string }>();
  if (cwd) process.chdir(path.resolve(cwd));
  return { directory: process.cwd(), variables: process.env };
}

interface StackFlags {
  readonly stack?: string;
  readonly json?: boolean;
  readonly shell?: boolean;
  readonly showSecrets?: boolean;
  readonly file?: string;
  readonly force?: boolean;
  readonly all?: boolean;
}

function addStackCommands(program: Command): void {
  const stackOption = ["-s, --stack <name>", "the stack to operate on"] as const;
  const quiet = (command: Command) =>
    command.option("--non-interactive", "never ask").option("-y, --yes", "do not ask");
  const open = (flags: StackFlags, name?: string) =>
    new ProjectContext(environmentOf(program)).open(name ?? flags.stack);
  // As with `config`, subcommands take their parent's flags as well.
  const stack = quiet(program.command("stack").description("show a stack, or manage stacks"))
    .option(...stackOption)
    .option("-i, --show-ids", "show the resources' IDs")
    .option("-u, --show-urns", "show the resources' URNs")
    .option("--show-name", "show only the stack's name")
    .option("--show-secrets", "show secrets in the clear")
    .enablePositionalOptions()
    .action(async (flags: StackFlags & { showIds?: boolean; showUrns?: boolean; showName?: boolean }) => {
      const { showIds = false, showUrns = false, showName = false, showSecrets = false } = flags;
      console.log(await showStack(await open(flags), { showIds, showUrns, showName, showSecrets }));
    });

  quiet(stack.command("output [name]").description("show a stack's outputs"))
    .option(...stackOption)
    .option("-j, --json", "as JSON")
    .option("--shell", "as shell assignments")
    .option("--show-secrets", "show secrets in the clear")
    .action(async (name: string | undefined, flags: StackFlags) => {
      const { json = false, shell = false, showSecrets = false } = flags;
      console.log(await stackOutput(await open(flags), name, { json, shell, showSecrets }));
    });
  quiet(stack.command("init <name>").description("make an empty stack"))
    .option(...stackOption)
    .action(async (name: string) => {
      await initStack(new ProjectContext(environmentOf(program)), name);
      console.log(`Created stack '${name}'`);
    });
  stack
    .command("ls")
    .description("list the project's stacks")
    .option("-j, --json", "as JSON")
    .action(async (flags: StackFlags) => {
      console.log(await listStacks(new ProjectContext(environmentOf(program)), flags.json === true));
    });
  quiet(stack.command("rm [name]").description("remove a stack"))
    .option(...stackOption)
    .option("-f, --force", "even if it still has resources")
    .action(async (name: string | undefined, flags: StackFlags) => {
      const opened = await open(flags, name);
      await removeStack(opened, flags.force === true);
      console.log(`Stack '${opened.id.stack}' has been removed!`);
    });
  stack
    .command("select [name]")
    .description("choose the stack that commands are about")
    .option(...stackOption)
    .option("-c, --create", "make it if it does not exist")
    .action(async (name: string | undefined, flags: StackFlags & { create?: boolean }) => {
      const owner = new ProjectContext(environmentOf(program));
      const id = owner.stackId(name ?? flags.stack);
      if (flags.create && !(await owner.backend.exists(id))) {
        await initStack(owner, id.stack);
      }
      await owner.open(id.stack);
      owner.select(id.stack);
    });
  quiet(stack.command("export").description("print a stack's state"))
    .option(...stackOption)
    .option("--show-secrets", "show secrets in the clear")
    .option("--file <file>", "write to a file")
    .action(async (flags: StackFlags) => {
      const text = await exportStack(await open(flags), flags.showSecrets === true);
      if (flags.file) writeOutput(flags.file, `${text}\n`);
      else console.log(text);
    });
  quiet(stack.command("import").description("replace a stack's state by an exported one"))
    .option(...stackOption)
    .option("--file <file>", "read from a file instead of standard input")
    .option("-f, --force", "even if the state is not sound")
    .action(async (flags: StackFlags) => {
      for (const warning of await importStack(await open(flags), readInput(flags.file), flags.force === true)) {
        console.error(`warning: ${warning}`);
      }
      console.log("Import complete.");
    });
  const state = program.command("state").description("edit a stack's state");
  for (const protect of [true, false]) {
    quiet(state.command(`${protect ? "protect" : "unprotect"} [urn...]`))
      .description(protect ? "protect resources from deletion" : "lift protection")
      .option(...stackOption)
      .option("--all", "all resources")
      .action(async (urns: string[], flags: StackFlags) => {
        const count = await protectResources(await open(flags), urns, flags.all === true, protect);
        console.log(`${count} resources ${protect ? "protected" : "unprotected"}`);
      });
  }
  quiet(program.command("cancel [name]").description("free a stack from an update that was killed"))
    .option(...stackOption)
    .action(async (name: string | undefined, flags: StackFlags) => {
      console.log(await cancelUpdate(new ProjectContext(environmentOf(program)), name ?? flags.stack));
    });
}

interface ConfigFlags extends StackFlags {
  readonly secret?: boolean;
  readonly path?: boolean;
}

function addConfigCommands(program: Command): void {
  const open = (flags: ConfigFlags) => new ProjectContext(environmentOf(program)).open(flags.stack);
  const shared = (command: Command) =>
    command.option("-s, --stack <name>", "the stack to operate on").option("--non-interactive", "never ask");
  // Subcommands take their parent's flags as well: `config set … --stack dev` as `config --stack dev`.
  const config = shared(program.command("config").description("show or change a stack's configuration"))
    .option("-j, --json", "as JSON")
    .option("--show-secrets", "show secrets in the clear")
    .enablePositionalOptions()
    .action(async (flags: ConfigFlags) => {
      console.log(await showConfig(await open(flags), flags.json === true, flags.showSecrets === true));
    });
  shared(config.command("set <key> [value]").description("set a value (from standard input, if none is given)"))
    .option("--secret", "encrypt it")
    .option("--plaintext", "do not encrypt it")
    .option("--path", "the key is a path into a structured value")
    .action(async (key: string, value: string | undefined, flags: ConfigFlags) => {
      const text = value ?? readInput(undefined).replace(/\n$/, "");
      const { secret = false, path: isPath = false } = flags;
      await setConfig(await open(flags), key, text, { secret, path: isPath });
    });
  shared(config.command("get <key>").description("show one value"))
    .option("-j, --json", "as JSON")
    .option("--path", "the key is a path into a structured value")
    .action(async (key: string, flags: ConfigFlags) => {
      console.log(await getConfig(await open(flags), key, flags.path === true, flags.json === true));
    });
  shared(config.command("rm <key>").description("remove a value"))
    .option("--path", "the key is a path into a structured value")
    .action(async (key: string, flags: ConfigFlags) => {
      await removeConfig(await open(flags), key, flags.path === true);
    });
}

function build(): Command {
  const program = new Command("pulumi")
    .description("Local engine for Pulumi programs, for machines where Pulumi's own CLI cannot be had")
    .option("-C, --cwd <directory>", "work in this directory")
    .exitOverride()
    .enablePositionalOptions();
  addOperation(program, "update", "up", "create or update the resources of a stack");
  addOperation(program, "preview", "preview", "show what an update would do");
  addOperation(program, "refresh", "refresh", "bring the state in line with reality");
  addOperation(program, "destroy", "destroy", "delete everything in a stack");
  addStackCommands(program);
  addConfigCommands(program);
  program
    .command("version")
    .description("print the release of Pulumi's CLI that this engine is compatible with")
    .action(() => console.log(`v${COMPATIBLE_VERSION}-local`));
  return program;
}

/** Runs one command line. Sets the process's exit code. */
export async function main(args: readonly string[]): Promise<void> {
  process.exitCode = EXIT.ok;
  try {
    await build().parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    } else if (error instanceof UserError) {
      console.error(`error: ${error.message}`);
      process.exitCode = error.code;
    } else {
      console.error(`error: the local engine has failed: ${(error as Error).stack}`);
      process.exitCode = EXIT.internal;
    }
  }
}

if (require.main === module) void main(process.argv.slice(2));

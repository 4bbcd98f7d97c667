/** Providers inside the engine, for packages whose plugin cannot be had: one small handler for each resource type. */
import {
  type CheckFailure,
  type CheckRequest,
  type CheckResult,
  type Created,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type DiffResult,
  type InvokeResult,
  NO_DIFF,
  type Provider,
  ProviderError,
  type ReadRequest,
  type ReadResult,
  type UpdateRequest,
} from "../plugins/provider";
import { displayType, nameOf, typeOf, type Urn } from "../urn";
import { containsUnknowns, mapWithoutSecrets, type PropertyMap, UNKNOWN } from "../values/property";

/** What a handler is told about the call it serves. */
export interface CallContext {
  readonly urn: Urn;
  readonly name: string;
  /** Shows the user what is going on right now; nothing of it is repeated later. */
  readonly status: (message: string) => void;
  /** Like status, but a warning that is repeated at the end. */
  readonly warn: (message: string) => void;
  /** Aborted when the deployment is cancelled. */
  readonly cancelled: AbortSignal;
}

/** Inputs reach handlers without secret wrappers; what they return becomes the outputs beside the inputs. */
export interface ResourceHandler {
  /** Outputs that are not known before the resource exists. */
  readonly computed: readonly string[];
  /** Fills in defaults and says what is wrong. */
  check(inputs: PropertyMap): readonly CheckFailure[];
  diff(olds: PropertyMap, news: PropertyMap, oldOutputs: PropertyMap): DiffResult;
  create(inputs: PropertyMap, context: CallContext): Promise<{ id: string; outputs: PropertyMap }>;
  update?(inputs: PropertyMap, olds: PropertyMap, context: CallContext): Promise<PropertyMap>;
  delete?(state: PropertyMap, context: CallContext): Promise<void>;
  /** The outputs of something that exists outside; without this, what is known is all there is. */
  read?(id: string): Promise<PropertyMap>;
}

export type FunctionHandler = (args: PropertyMap, context: CallContext) => Promise<PropertyMap>;

export type Say = (severity: "info" | "warning", urn: Urn, message: string, ephemeral: boolean) => void;

export interface StandInPackage {
  readonly resources: Readonly<Record<string, ResourceHandler>>;
  readonly functions: Readonly<Record<string, FunctionHandler>>;
  /** Lets go of what the package holds open. */
  readonly close?: () => void;
}

export class StandInProvider implements Provider {
  private readonly abort = new AbortController();

  constructor(
    private readonly handlers: StandInPackage,
    private readonly say: Say,
  ) {}

  private handler(urn: Urn): ResourceHandler {
    const handler = this.handlers.resources[displayType(typeOf(urn))];
    if (!handler) {
      const known = Object.keys(this.handlers.resources).join(", ");
      throw new ProviderError(
        `the local engine's stand-in has no resource ${typeOf(urn)} (it has ${known}): install the official plugin`,
      );
    }
    return handler;
  }

  private context(urn: Urn): CallContext {
    return {
      urn,
      name: nameOf(urn),
      status: (message) => this.say("info", urn, message, true),
      warn: (message) => this.say("warning", urn, message, false),
      cancelled: this.abort.signal,
    };
  }

  async checkConfig(request: CheckRequest): Promise<CheckResult> {
    return { inputs: request.news, failures: [] };
  }

  async diffConfig(): Promise<DiffResult> {
    return { ...NO_DIFF, changes: "unknown" };
  }

  async configure(): Promise<void> {}

  async check({ urn, news }: CheckRequest): Promise<CheckResult> {
    return { inputs: news, failures: this.handler(urn).check(mapWithoutSecrets(news)) };
  }

  async diff({ urn, oldInputs, news, oldOutputs }: DiffRequest): Promise<DiffResult> {
    return this.handler(urn).diff(mapWithoutSecrets(oldInputs), mapWithoutSecrets(news), mapWithoutSecrets(oldOutputs));
  }

  async create({ urn, inputs, preview }: CreateRequest): Promise<Created> {
    const handler = this.handler(urn);
    if (preview) return { id: "", outputs: { ...inputs, ...unknowns(handler.computed) } };
    const { id, outputs } = await handler.create(mapWithoutSecrets(inputs), this.context(urn));
    return { id, outputs: { ...outputs, ...inputs } };
  }

  async update({ urn, inputs, oldOutputs, preview }: UpdateRequest): Promise<PropertyMap> {
    const handler = this.handler(urn);
    if (preview) return { ...inputs, ...unknowns(handler.computed) };
    if (!handler.update) throw new ProviderError(`${typeOf(urn)} cannot be updated in place`);
    const outputs = await handler.update(mapWithoutSecrets(inputs), mapWithoutSecrets(oldOutputs), this.context(urn));
    return { ...outputs, ...inputs };
  }

  async delete({ urn, outputs }: DeleteRequest): Promise<void> {
    await this.handler(urn).delete?.(mapWithoutSecrets(outputs), this.context(urn));
  }

  async read({ urn, id, inputs, state }: ReadRequest): Promise<ReadResult> {
    const handler = this.handler(urn);
    if (handler.read) return { id, inputs, outputs: await handler.read(id) };
    if (!state) throw new ProviderError(`${typeOf(urn)} cannot be imported`);
    return { id, inputs, outputs: state };
  }

  async invoke(token: string, args: PropertyMap, _preview: boolean): Promise<InvokeResult> {
    const handler = this.handlers.functions[token];
    if (!handler) throw new ProviderError(`the local engine's stand-in has no function ${token}`);
    const plain = mapWithoutSecrets(args);
    if (Object.values(plain).some(containsUnknowns)) return { outputs: {}, failures: [] };
    return { outputs: await handler(plain, this.context("")), failures: [] };
  }

  async cancel(): Promise<void> {
    this.abort.abort();
  }

  async close(): Promise<void> {
    this.handlers.close?.();
  }
}

const unknowns = (keys: readonly string[]): PropertyMap => Object.fromEntries(keys.map((key) => [key, UNKNOWN]));
